"""``boxapis completion``: prints the scripts that make a shell complete this program's commands.

When the tab key is pressed, a script asks the program itself for suggestions, with descriptions
where the shell shows them; it adds no blank after a name that takes a value, and offers the names
of files only where files belong.
"""

import os
from enum import StrEnum
from typing import Annotated

import typer

__all__ = ["EXAMPLE", "completion", "enable_completion"]

EXAMPLE = "Example: boxapis completion bash"


class Shell(StrEnum):
    """Supported shells."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


_BASH = r"""
_boxapis_completion() {
    local kind value help word=${COMP_WORDS[COMP_CWORD]} mark= IFS=$' \t\n'
    COMPREPLY=()
    while IFS=$'\t' read -r kind value help; do
        if [[ $kind == plain ]]; then
            printf -v value %q "$value"
            COMPREPLY+=("$value")
        elif [[ $kind == file ]]; then
            [[ $word != @* && ${COMP_WORDS[COMP_CWORD-1]} != @ ]] || mark=@
            compopt -o filenames
            while IFS= read -r value; do
                COMPREPLY+=("$mark$value")
            done < <(compgen -f -- "${word#@}")
        fi
    done < <(IFS=$'\n'; COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \
        _BOXAPIS_COMPLETE=complete_bash "$1" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace
    fi
}
complete -F _boxapis_completion boxapis
"""

_ZSH = r"""
#compdef boxapis
_boxapis() {
    local -a names assignments
    local kind value help
    while IFS=$'\t' read -r kind value help; do
        case $kind:$value in
            file:*) compset -P '@'; _files ;;
            plain:*=) assignments+=("${value//:/\\:}:$help") ;;
            plain:*) names+=("${value//:/\\:}:$help") ;;
        esac
    done < <(COMP_WORDS="${(F)words[1,CURRENT]}" COMP_CWORD=$((CURRENT - 1)) \
        _BOXAPIS_COMPLETE=complete_zsh boxapis 2>/dev/null)
    (( $#names )) && _describe -V boxapis names
    (( $#assignments )) && _describe -V boxapis assignments -S ''
}
compdef _boxapis boxapis
"""

_FISH = r"""
function __boxapis_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    env _BOXAPIS_COMPLETE=complete_fish COMP_CWORD=(count $words) \
        COMP_WORDS=(string join -- \n (string escape -- $words) $word | string collect) \
        boxapis 2>/dev/null | while read --delimiter \t --local kind value help
        if test "$kind" = plain
            printf '%s\t%s\n' $value $help
        else if string match --quiet '@*' -- $word
            for file in (__fish_complete_path (string sub --start 2 -- $word))
                echo "@$file"
            end
        else
            __fish_complete_path $word
        end
    end
end
complete --command boxapis --no-files --arguments "(__boxapis_complete)"
"""

_POWERSHELL = r"""
Register-ArgumentCompleter -Native -CommandName boxapis -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $Env:_BOXAPIS_COMPLETE = "complete_powershell"
    $Env:_TYPER_COMPLETE_ARGS = $commandAst.ToString()
    $Env:_TYPER_COMPLETE_WORD_TO_COMPLETE = $wordToComplete
    boxapis | ForEach-Object {
        $value = ($_ -Split ":::")[0]
        [System.Management.Automation.CompletionResult]::new($value)
    }
    $Env:_BOXAPIS_COMPLETE = ""
}
"""

_SCRIPTS = {
    Shell.BASH: _BASH,
    Shell.ZSH: _ZSH,
    Shell.FISH: _FISH,
    Shell.POWERSHELL: _POWERSHELL,
}


def enable_completion(app: typer.Typer) -> None:
    """Answers a shell that asks for suggestions, and ends the process; else does nothing."""
    if "_BOXAPIS_COMPLETE" in os.environ:
        from boxapis.cli.completion.answer import answer  # noqa: PLC0415 - slow to import

        answer(app)


def completion(
    shell: Annotated[
        Shell, typer.Argument(metavar="SHELL", show_default=False, help="Your shell.")
    ],
) -> None:
    """Print the script that enables tab completion in a shell.

    \b
    bash        eval "$(boxapis completion bash)" in ~/.bashrc
    zsh         eval "$(boxapis completion zsh)" in ~/.zshrc, below compinit
    fish        boxapis completion fish | source, in config.fish
    powershell  boxapis completion powershell | Out-String | Invoke-Expression
    """  # noqa: D301 - a lone \b has Typer keep the lines as they are
    print(_SCRIPTS[shell].strip())
