# fish completion for photosort
function __photosort_offers
    set -l line (commandline --cut-at-cursor --current-process | string collect)
    set -l offers (_PHOTOSORT_LINE=$line command photosort complete 2>/dev/null)
    if set -q offers[1]
        string join \n -- $offers
    else
        __fish_complete_path (commandline --current-token)
    end
end
complete --command photosort --no-files --arguments '(__photosort_offers)'
