"""``boxapis completion``: prints the scripts that make a shell complete this program's commands.

When the tab key is pressed, a script asks Typer for the suggestions, and adds no blank after a
name that takes a value.
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
    local IFS=$'\n' place
    COMPREPLY=($(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \
        _BOXAPIS_COMPLETE=complete_bash "$1" 2>/dev/null))
    for place in "${!COMPREPLY[@]}"; do
        printf -v "COMPREPLY[place]" %q "${COMPREPLY[place]}"
    done
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace
    fi
}
complete -o default -F _boxapis_completion boxapis
"""

_ZSH = r"""
#compdef boxapis
_boxapis() {
    local -a found
    local line
    found=("${(@f)$(_TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" \
        _TYPER_COMPLETE_FISH_ACTION=get-args _BOXAPIS_COMPLETE=complete_fish boxapis 2>/dev/null)}")
    for line in "${(@)found%%$'\t'*}"; do
        case $line in
            '') ;;
            *=) compadd -S '' -- "$line" ;;
            *) compadd -- "$line" ;;
        esac
    done
}
compdef _boxapis boxapis
"""

_FISH = r"""
function __boxapis_complete
    env _BOXAPIS_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
        _TYPER_COMPLETE_ARGS=(commandline -cp) boxapis 2>/dev/null
end
complete --command boxapis --arguments "(__boxapis_complete)"
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


def enable_completion() -> None:
    """Makes Typer answer the shell's requests for suggestions."""
    if "_BOXAPIS_COMPLETE" in os.environ:
        # Typer does this itself only with its own options, which write to the user's files.
        from typer import completion as typer_completion  # noqa: PLC0415 - slow to import

        typer_completion.completion_init()  # type: ignore[attr-defined]  # it is not exported


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
