#compdef photosort
_photosort() {
    local word help
    local -a words_ shown open_ open_shown
    while IFS=$'\t' read -r word help; do
        if [[ $word == *[:,] ]]; then
            open_+=("$word") open_shown+=("$word${help:+  -- $help}")
        else
            words_+=("$word") shown+=("$word${help:+  -- $help}")
        fi
    done < <(_PHOTOSORT_LINE="${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" command photosort complete 2>/dev/null)
    if (( $#words_ + $#open_ == 0 )); then
        _files
        return
    fi
    local result=1
    (( $#words_ )) && compadd -l -d shown -a words_ && result=0
    (( $#open_ )) && compadd -l -S '' -d open_shown -a open_ && result=0
    return result
}
if [[ $funcstack[1] == _photosort ]]; then
    _photosort "$@"
else
    compdef _photosort photosort
fi
