// The completion scripts: each asks `PROGRAM __complete WORDS... CURRENT` and does what the directive in the last line says.

const bash = `# bash completion for composure
_composure() {
  local current=\${COMP_WORDS[COMP_CWORD]} line directive=0 value
  local -a words=("\${COMP_WORDS[@]:1:COMP_CWORD-1}") lines=()
  # bash splits at "=" and ":"; the program gets whole words.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    local cword words_
    _get_comp_words_by_ref -n =: -c current -w words_ -i cword
    words=("\${words_[@]:1:cword-1}")
  fi
  COMPREPLY=()
  while IFS= read -r line; do lines+=("$line"); done < <("\${COMP_WORDS[0]}" __completeNoDesc "\${words[@]}" "$current" 2>/dev/null)
  [ \${#lines[@]} -gt 0 ] || return
  directive=\${lines[\${#lines[@]}-1]#:}
  unset "lines[\${#lines[@]}-1]"
  if (( directive & 1 )); then return; fi
  if (( directive & 8 )); then
    compopt -o filenames 2>/dev/null
    for value in "\${lines[@]}"; do COMPREPLY+=($(compgen -f -X "!*.$value" -- "$current")); done
    COMPREPLY+=($(compgen -d -- "$current"))
    return
  fi
  if (( directive & 16 )); then compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")); return; fi
  if (( directive & 2 )); then compopt -o nospace 2>/dev/null; fi
  COMPREPLY=("\${lines[@]}")
  if [ \${#COMPREPLY[@]} -eq 0 ] && ! (( directive & 4 )); then compopt -o default 2>/dev/null; fi
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$current"; fi
}
complete -F _composure composure
`;

const zsh = `#compdef composure
# zsh completion for composure
_composure() {
  local -a lines values
  local line directive value about
  lines=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT-1]}" "\${words[CURRENT]}" 2>/dev/null)}")
  directive=\${lines[-1]#:}
  lines[-1]=()
  if (( directive & 1 )); then return 1; fi
  if (( directive & 8 )); then _files -g "*.(\${(j:|:)lines})"; return; fi
  if (( directive & 16 )); then _files -/; return; fi
  for line in "\${lines[@]}"; do
    [[ -n $line ]] || continue
    value=\${line%%$'\\t'*}
    about=\${line#*$'\\t'}
    value=\${value//:/\\\\:}
    if [[ $line == *$'\\t'* ]]; then values+=("$value:$about"); else values+=("$value"); fi
  done
  if (( \${#values} )); then
    if (( directive & 2 )); then _describe composure values -S ''; else _describe composure values; fi
    return
  fi
  (( directive & 4 )) || _files
}
if [ "$funcstack[1]" = "_composure" ]; then _composure "$@"; else compdef _composure composure; fi
`;

const fish = `# fish completion for composure
function __composure_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines (command $words[1] __complete $words[2..-1] 2>/dev/null)
  set -q lines[1]; or return
  set -l directive (string replace -r '^:' '' -- $lines[-1])
  set -e lines[-1]
  set -l current (commandline -ct)
  if test (math "bitand($directive, 8)") -ne 0
    for extension in $lines
      __fish_complete_suffix ".$extension"
    end
    return
  end
  if test (math "bitand($directive, 16)") -ne 0
    __fish_complete_directories $current
    return
  end
  if set -q lines[1]
    printf '%s\\n' $lines
    return
  end
  if test (math "bitand($directive, 4)") -eq 0
    __fish_complete_path $current
  end
end
complete -c composure -f -a '(__composure_complete)'
`;

const powershell = `# PowerShell completion for composure
Register-ArgumentCompleter -Native -CommandName composure -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $_.Extent.Text -ne $wordToComplete } | ForEach-Object { $_.ToString() })
  $before = @(if ($words.Length -gt 1) { $words[1..($words.Length - 1)] })
  # An empty last word would be lost on the way to a program, in versions before 7.3.
  $current = if ($wordToComplete -eq '' -and $PSVersionTable.PSVersion -lt [version]'7.3.0') { '""' } else { $wordToComplete }
  $lines = @(& $words[0] __complete @before $current 2>$null)
  if ($lines.Length -eq 0) { return }
  $directive = [int]($lines[-1].TrimStart(':'))
  $offers = @(if ($lines.Length -gt 1) { $lines[0..($lines.Length - 2)] })
  if ($directive -band 24) { return }
  foreach ($line in $offers) {
    $value, $about = $line -split "\`t", 2
    if (-not $about) { $about = $value }
    $space = if ($directive -band 2) { '' } else { ' ' }
    [System.Management.Automation.CompletionResult]::new("$value$space", $value, 'ParameterValue', $about)
  }
}
`;

export const scripts: Readonly<Record<string, string>> = { bash, zsh, fish, powershell };
