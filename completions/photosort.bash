# bash completion for photosort
_photosort() {
    local line=${COMP_LINE:0:COMP_POINT} fragment=${COMP_WORDS[COMP_CWORD]} word= help before= text
    [[ $fragment == [:=] ]] && fragment=
    local whole=${line##*[[:space:]]}  # bash takes "a:b" apart, the program does not
    [[ $whole == *[:=]* && $whole == *"$fragment" ]] && before=${whole%"$fragment"}
    COMPREPLY=()
    while IFS=$'\t' read -r word help; do
        text=$word
        if [[ $fragment == \"* ]]; then  # in quotes that are open
            text=${text//\\/\\\\} text=${text//\"/\\\"} text=${text//\$/\\\$} text=${text//\`/\\\`}
        elif [[ $fragment == \'* ]]; then
            text=${text//\'/\'\\\'\'}
        elif [[ $word == *[!A-Za-z0-9_.,:=+@%/-]* ]]; then
            printf -v text %q "$text"
        fi
        COMPREPLY+=("${text#"$before"}")
    done < <(_PHOTOSORT_LINE=$line "$1" complete 2>/dev/null)
    [[ ${#COMPREPLY[@]} == 1 && $text == *[:,] ]] && compopt -o nospace
    return 0
}
complete -o default -F _photosort photosort
