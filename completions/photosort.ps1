# PowerShell completion for photosort
Register-ArgumentCompleter -Native -CommandName photosort -ScriptBlock {
    param($word, $ast, $cursor)
    $end = $cursor - $ast.Extent.StartOffset
    $line = $ast.ToString().PadRight($end).Substring(0, $end)
    $env:_PHOTOSORT_LINE = $line
    try {
        photosort complete 2>$null | ForEach-Object {
            $offer, $help = $_ -split "`t", 2
            $text = if ($offer -match '[^\w.,:=+/-]') { "'" + ($offer -replace "(['\u2018-\u201b])", '$1$1') + "'" } else { $offer }
            if (-not $help) { $help = $offer }
            [System.Management.Automation.CompletionResult]::new($text, $offer, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:_PHOTOSORT_LINE
    }
}
