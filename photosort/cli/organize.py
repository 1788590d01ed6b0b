"""photosort organize: the main command."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from photosort.cli import offers
from photosort.cli.options import AsJson, Fresh, QuietFlag, RespectMoves, Yes, named_path, settings_of
from photosort.cli.organize_help import METHOD_HELP
from photosort.cli.output import speaking
from photosort.methods.specs import METHODS
from photosort.settings.choices import (
    Assign,
    FilingMode,
    FusionMode,
    Keywords,
    Names,
    NounChoice,
    Tac,
    TextSource,
    TextVectors,
)

if TYPE_CHECKING:
    MethodName = str
else:
    MethodName = Literal[tuple(METHODS)]


def organize(
    source: Annotated[Path, typer.Argument(metavar="DIR", parser=named_path, help="The folder with the photos.")],
    k: Annotated[
        str | None,
        typer.Option(
            "--k",
            autocompletion=offers.numbers_of_folders,
            metavar="NUMBER",
            help="Number of folders, or auto.  [default: auto]",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", parser=named_path, help="Where the folders go.  [default: DIR-sorted]")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan without touching any file.")] = False,
    fresh: Fresh = False,
    respect_moves: RespectMoves = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", parser=named_path, help="Write the plan of --dry-run to a file.")
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Write a page that shows the folders, also of --dry-run.")
    ] = False,
    mode: Annotated[
        FilingMode | None, typer.Option("--mode", help="What happens to the photos.  [default: copy]")
    ] = None,
    names: Annotated[
        Names | None, typer.Option("--names", help="What folder names are made of.  [default: summary]")
    ] = None,
    writer: Annotated[
        str | None,
        typer.Option(
            "--writer",
            autocompletion=offers.writers,
            help="Language model for names: auto, smollm2, keywords, openai:MODEL, t5:NAME.  [default: auto]",
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="Language of names, such as de.  [default: en]")
    ] = None,
    style: Annotated[str | None, typer.Option("--style", help="Style of names, in plain words.")] = None,
    name_template: Annotated[
        str | None, typer.Option("--name-template", help='Folder names, such as "{index:02d} {title}".')
    ] = None,
    keywords: Annotated[
        Keywords | None, typer.Option("--keywords", help="Ranking of keywords.  [default: winner]")
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", help="Maximum cost of --writer, in US dollars.")
    ] = None,
    about: Annotated[
        bool | None,
        typer.Option("--about/--no-about", help="Write a description into each folder.  [default: about]"),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="CRITERION", help="Sort by this, in your words; twice for folders in folders."),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(
            "--into",
            metavar="FOLDERS",
            help="Sort into these: a list, a file with a line for each, or a folder with examples in subfolders.",
        ),
    ] = None,
    other: Annotated[
        str | None,
        typer.Option("--other", metavar="NAME", help="Folder for what fits none of --into.  [default: Other]"),
    ] = None,
    no_other: Annotated[
        bool, typer.Option("--no-other", help="Put every photo into the folder of --into that it fits best.")
    ] = False,
    assign: Annotated[
        Assign | None,
        typer.Option("--assign", help="What puts photos into folders of --by or --into.  [default: by models]"),
    ] = None,
    names_from: Annotated[
        int | None, typer.Option("--names-from", metavar="RUN", help="Sort --by into the folders of an earlier run.")
    ] = None,
    method: Annotated[
        MethodName | None,
        typer.Option("--method", help=f"What photos are grouped by: {METHOD_HELP}.  [default: fusion, or by profile]"),
    ] = None,
    texts: Annotated[
        TextSource | None,
        typer.Option("--texts", help="Texts that --method text reads.  [default: caption, or ask with --ask]"),
    ] = None,
    ask: Annotated[
        list[str] | None,
        typer.Option("--ask", metavar="QUESTION", help="Question about each photo, for --method text; repeatable."),
    ] = None,
    tac: Annotated[
        Tac | None, typer.Option("--tac", help="Whether --method tac trains two heads.  [default: no-train]")
    ] = None,
    nouns: Annotated[
        NounChoice | None,
        typer.Option("--nouns", help="How --method tac and ntk choose nouns.  [default: softmax]"),
    ] = None,
    balance: Annotated[
        float | None, typer.Option("--balance", help="Wish of --tac train for equal sizes, 0 for none.  [default: 5]")
    ] = None,
    captions: Annotated[
        int | None,
        typer.Option("--captions", help="Texts for each photo.  [default: 6 with --method text, else by profile]"),
    ] = None,
    vectors: Annotated[
        TextVectors | None, typer.Option("--vectors", help="Text vectors of --method text.  [default: sbert]")
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--show-all", help="Show the folders of every question side by side.")
    ] = False,
    outliers: Annotated[
        bool | None, typer.Option("--outliers", help="Put photos that fit no folder clearly into 'Unsorted'.")
    ] = None,
    levels: Annotated[
        int | None,
        typer.Option("--levels", autocompletion=offers.levels, help="1, or 2 for folders in folders.  [default: 1]"),
    ] = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            autocompletion=offers.profiles,
            help="Models and method: auto, builtin, fast, paper, paper-text, best.  [default: auto]",
        ),
    ] = None,
    captioner: Annotated[
        str | None,
        typer.Option(
            "--captioner",
            autocompletion=offers.captioners,
            help="Captioning model; photosort models lists them.  [default: by profile]",
        ),
    ] = None,
    image_encoder: Annotated[
        str | None,
        typer.Option(
            "--image-encoder",
            autocompletion=offers.image_encoders,
            help="Model for image embeddings.  [default: by profile]",
        ),
    ] = None,
    text_encoder: Annotated[
        str | None,
        typer.Option(
            "--text-encoder",
            autocompletion=offers.text_encoders,
            help="Model for text embeddings.  [default: by profile]",
        ),
    ] = None,
    allow_upload: Annotated[
        list[str] | None,
        typer.Option("--allow-upload", metavar="HOST", help="Host that may receive photos; repeatable."),
    ] = None,
    fusion: Annotated[
        FusionMode | None,
        typer.Option("--fusion", help="How image and caption are fused.  [default: concat, or by profile]"),
    ] = None,
    weight: Annotated[
        float | None, typer.Option("--weight", help="Share of the text, 0 to 1.  [default: by captioner]")
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Files to skip, a pattern as in .gitignore; repeatable."),
    ] = None,
    follow_links: Annotated[bool | None, typer.Option("--follow-links", help="Follow symbolic links.")] = None,
    facts: Annotated[
        bool | None,
        typer.Option("--facts/--no-facts", help="Count faces; recognise screenshots and papers.  [default: facts]"),
    ] = None,
    min_k: Annotated[
        int | None, typer.Option("--min-k", help="Minimum number of folders when --k is auto.  [default: 2]")
    ] = None,
    max_k: Annotated[
        int | None,
        typer.Option("--max-k", help="Maximum number of folders when --k is auto.  [default: 30 or more]"),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            "--device",
            autocompletion=offers.devices,
            help="Device of the models: auto, cuda, cuda:1, mps, cpu.  [default: auto]",
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            autocompletion=offers.engines,
            help="Where the models run: local, or on a Ray cluster: ray, ray:WORKERS.  [default: local]",
        ),
    ] = None,
    batch: Annotated[
        int | None, typer.Option("--batch", help="Batch size of the models.  [default: by device]")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Random seed.  [default: 42]")] = None,
    yes: Yes = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Sort the photos of DIR into a few well-named folders. Copies by default: DIR stays as it is."""
    with speaking(as_json=as_json, quiet=quiet) as out_:
        from photosort.cli.idle import idle_flags
        from photosort.cli.run import run
        from photosort.errors import SettingsError
        from photosort.models.selected import select_models

        flags = {
            "k": k,
            "mode": mode,
            "names": names,
            "writer": writer,
            "language": language,
            "style": style,
            "name_template": name_template,
            "keywords": keywords,
            "max_cost": max_cost,
            "about": about,
            "profile": profile,
            "captioner": captioner,
            "image_encoder": image_encoder,
            "text_encoder": text_encoder,
            "allow_upload": allow_upload or None,
            "fusion": fusion,
            "weight": weight,
            "by": by or None,
            "into": into,
            "other": "" if no_other else other,
            "assign": assign,
            "names_from": names_from,
            "method": method,
            "texts": texts,
            "ask": ask or None,
            "tac": tac,
            "nouns": nouns,
            "balance": balance,
            "captions": captions,
            "vectors": vectors,
            "outliers": outliers,
            "levels": levels,
            "exclude": exclude or None,
            "respect_moves": respect_moves,
            "follow_links": follow_links,
            "facts": facts,
            "min_k": min_k,
            "max_k": max_k,
            "device": device,
            "engine": engine,
            "batch": batch,
            "seed": seed,
        }
        if no_other and other:
            raise SettingsError("--other and --no-other exclude each other", "Choose one.")
        settings = settings_of(out_, **flags)
        given = [name for name, value in {**flags, "show_all": show_all or None}.items() if value is not None]
        for line in idle_flags(select_models(settings).settings, given):
            out_.note(line)
        run(
            source,
            out,
            settings,
            out_,
            dry_run=dry_run,
            yes=yes,
            show_all=show_all,
            plan=plan,
            fresh=fresh,
            report=report,
        )
