// The same program as hello.amd64.s for Linux on 64-bit ARM.
.globl _start
.text
_start:
    ldr x0, [sp]                // argc: any argument means test
    cmp x0, 1
    b.gt probe
    mov x0, 15                  // SIGTERM
    bl on_signal
    mov x0, 2                   // SIGINT
    bl on_signal
    bl open_socket
    mov x1, 1                   // SOL_SOCKET
    mov x2, 2                   // SO_REUSEADDR: a restart need not wait for old connections
    adr x3, one
    mov x4, 4
    mov x8, 208                 // setsockopt
    svc 0
    mov x0, x19
    adr x1, address
    mov x2, 16
    mov x8, 200                 // bind
    svc 0
    cbnz x0, fail
    mov x0, x19
    mov x1, 64
    mov x8, 201                 // listen
    svc 0
    mov x0, 1
    adr x1, ready
    mov x2, ready_end - ready
    mov x8, 64                  // write
    svc 0
    sub sp, sp, 1024
serve:
    mov x0, x19
    mov x1, 0
    mov x2, 0
    mov x8, 202                 // accept
    svc 0
    tbnz x0, 63, serve
    mov x20, x0
    mov x1, sp                  // the request is read and forgotten
    mov x2, 1024
    mov x8, 63                  // read
    svc 0
    mov x0, x20
    adr x1, answer
    mov x2, answer_end - answer
    mov x8, 64                  // write
    svc 0
    mov x0, x20
    mov x8, 57                  // close
    svc 0
    b serve

probe:
    bl open_socket
    adr x1, address
    mov x2, 16
    mov x8, 203                 // connect
    svc 0
    cbnz x0, fail
done:
    mov x0, 0
    b exit
fail:
    mov x0, 1
exit:
    mov x8, 93
    svc 0

open_socket:                    // a TCP socket in x19 and x0
    mov x0, 2
    mov x1, 1
    mov x2, 0
    mov x8, 198
    svc 0
    mov x19, x0
    ret
on_signal:                      // signal x0 ends the program with 0; the action is built on the stack
    adr x2, done
    stp x2, xzr, [sp, -32]!     // handler, flags
    stp xzr, xzr, [sp, 16]      // restorer, mask
    mov x1, sp
    mov x2, 0
    mov x3, 8
    mov x8, 134                 // rt_sigaction
    svc 0
    add sp, sp, 32
    ret

.balign 8
address: .short 2, 0x901f       // AF_INET, port 8080 in network order
    .quad 0, 0
.balign 4
one: .long 1
ready: .ascii "listening on port 8080\n"
ready_end:
answer: .ascii "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 21\r\nConnection: close\r\n\r\nHello from Composure\n"
answer_end:
