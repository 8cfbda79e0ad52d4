# A web server in 60 lines, so that the example needs no image hub: no libc, no shell, system calls only (Linux, x86-64).
# hello          serves "Hello from Composure" on port 8080 until SIGTERM or SIGINT
# hello test     ends with 0 when port 8080 of this network namespace answers, else with 1
.intel_syntax noprefix
.globl _start
.text
_start:
    pop rdi                     # argc: any argument means test
    cmp rdi, 1
    jg probe
    mov edi, 15                 # SIGTERM
    call on_signal
    mov edi, 2                  # SIGINT
    call on_signal
    call open_socket
    mov esi, 1                  # SOL_SOCKET
    mov edx, 2                  # SO_REUSEADDR: a restart need not wait for old connections
    lea r10, [rip + one]
    mov r8d, 4
    mov eax, 54                 # setsockopt
    syscall
    mov edi, r12d
    mov eax, 49                 # bind
    lea rsi, [rip + address]
    mov edx, 16
    syscall
    test eax, eax
    jnz fail
    mov edi, r12d
    mov esi, 64
    mov eax, 50                 # listen
    syscall
    mov edi, 1
    lea rsi, [rip + ready]
    mov edx, offset ready_end - ready
    call write
serve:
    mov edi, r12d
    xor esi, esi
    xor edx, edx
    mov eax, 43                 # accept
    syscall
    test eax, eax
    js serve
    mov r13d, eax
    mov edi, r13d
    lea rsi, [rsp - 2048]       # the request is read and forgotten
    mov edx, 1024
    xor eax, eax                # read
    syscall
    mov edi, r13d
    lea rsi, [rip + answer]
    mov edx, offset answer_end - answer
    call write
    mov edi, r13d
    mov eax, 3                  # close
    syscall
    jmp serve

probe:
    call open_socket
    mov eax, 42                 # connect
    lea rsi, [rip + address]
    mov edx, 16
    syscall
    test eax, eax
    jnz fail
done:
    xor edi, edi
    jmp exit
fail:
    mov edi, 1
exit:
    mov eax, 60
    syscall

open_socket:                    # a TCP socket in r12d and edi
    mov edi, 2
    mov esi, 1
    xor edx, edx
    mov eax, 41
    syscall
    mov r12d, eax
    mov edi, eax
    ret
write:
    mov eax, 1
    syscall
    ret
on_signal:                      # signal edi ends the program with 0; the action is built on the stack
    lea rax, [rip + done]
    push 0                      # mask
    push rax                    # restorer: never used, the handler does not return
    push 0x04000000             # SA_RESTORER
    push rax                    # handler
    mov rsi, rsp
    xor edx, edx
    mov r10d, 8
    mov eax, 13                 # rt_sigaction
    syscall
    add rsp, 32
    ret

address: .short 2, 0x901f       # AF_INET, port 8080 in network order
    .quad 0, 0
one: .long 1
ready: .ascii "listening on port 8080\n"
ready_end:
answer: .ascii "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 21\r\nConnection: close\r\n\r\nHello from Composure\n"
answer_end:
