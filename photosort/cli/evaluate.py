"""photosort evaluate: how well the methods sort photos whose classes are known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, named_path, settings_of
from photosort.cli.sink.output import elapsed, speaking
from photosort.methods.specs import VARIANTS, reader_of
from photosort.settings.choices import Assign, Count, Geometries, TextSource

if TYPE_CHECKING:
    from photosort.methods.conversation import Bill

MOST_SEEDS = 1000


def evaluate(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", parser=named_path, help="A folder that holds one folder of photos for each class."
        ),
    ] = None,
    methods: Annotated[
        list[str] | None,
        typer.Option(
            "--methods",
            "--method",
            autocompletion=offers.methods,
            help=f"{', '.join(VARIANTS)}, or all, those that need nothing else; comma-separated.  [default: all]",
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option("--seeds", "--runs", min=1, max=MOST_SEEDS, help="Runs, one for each seed from --seed on.")
    ] = 1,
    kmeans: Annotated[
        Geometries,
        typer.Option("--kmeans", help="k-means on the sphere, as the papers run it (euclidean), or a row for each."),
    ] = "both",
    count: Annotated[
        Count | None,
        typer.Option("--count", help="What counts for a keyword.  [default: photos; euclidean rows: occurrences]"),
    ] = None,
    texts_file: Annotated[
        Path | None,
        typer.Option("--texts-file", help='Lines of {"id", "label", "texts"} to go by, with or without DIR.'),
    ] = None,
    texts: Annotated[
        TextSource | None, typer.Option("--texts", help="Texts that text methods use.  [default: caption]")
    ] = None,
    ask: Annotated[
        list[str] | None,
        typer.Option("--ask", metavar="QUESTION", help="Question about each photo; repeatable."),
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="CRITERION", help="What the method criterion sorts by.")
    ] = None,
    assign: Annotated[
        Assign | None, typer.Option("--assign", help="What puts photos into folders.  [default: llm with --writer]")
    ] = None,
    writer: Annotated[
        str | None,
        typer.Option("--writer", autocompletion=offers.writers, help="Language model of the method criterion."),
    ] = None,
    max_cost: Annotated[float | None, typer.Option("--max-cost", help="Maximum cost of it, in US dollars.")] = None,
    captions: Annotated[int | None, typer.Option("--captions", help="Texts for each photo.")] = None,
    captioner: Annotated[
        str | None,
        typer.Option("--captioner", autocompletion=offers.captioners, help="Captioning model.  [default: by profile]"),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", autocompletion=offers.profiles, help="Models.  [default: auto]")
    ] = None,
    image_encoder: Annotated[
        str | None,
        typer.Option(
            "--image-encoder", autocompletion=offers.image_encoders, help="Image embeddings.  [default: by profile]"
        ),
    ] = None,
    text_encoder: Annotated[
        str | None,
        typer.Option(
            "--text-encoder", autocompletion=offers.text_encoders, help="Text embeddings.  [default: by profile]"
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option("--device", autocompletion=offers.devices, help="Device of the models.  [default: auto]"),
    ] = None,
    restarts: Annotated[
        int | None,
        typer.Option("--restarts", help="Restarts of k-means.  [default: 20 to 400 by the photos; euclidean: 10]"),
    ] = None,
    weight: Annotated[
        float | None, typer.Option("--weight", help="Share of the text, 0 to 1.  [default: by captioner]")
    ] = None,
    facts: Annotated[
        bool | None,
        typer.Option("--facts/--no-facts", help="Let captions say faces, screenshots, papers.  [default: facts]"),
    ] = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="Plot all methods to this file, such as out.png.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="The first seed.  [default: 42]")] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print one line a run, for a spreadsheet.")] = False,
    quiet: QuietFlag = False,
) -> None:
    """Measure how well methods sort photos of known classes, at k = number of classes."""
    with speaking(as_json=as_json, quiet=quiet, as_csv=as_csv) as out:
        from photosort.errors import SettingsError

        if as_json and as_csv:
            raise SettingsError("--json and --csv exclude each other", "Choose one.")
        asked = reader_of("texts") if ask or texts else None
        settings = settings_of(
            out,
            method=asked,
            texts=texts,
            ask=ask or None,
            by=by or None,
            assign=assign,
            writer=writer,
            max_cost=max_cost,
            captions=captions,
            captioner=captioner,
            profile=profile,
            image_encoder=image_encoder,
            text_encoder=text_encoder,
            device=device,
            restarts=restarts,
            weight=weight,
            facts=facts,
            seed=seed,
        )
        if plot is not None:
            from photosort.evaluation.plot import check_plot, draw

            check_plot(plot)
        from photosort.cli.sink.renewing import with_cache
        from photosort.cli.views.contest_table import document, rows, view
        from photosort.cli.views.preview import bill as said_of
        from photosort.models.selected import select_models
        from photosort.workflows.evaluate import evaluate as measure

        models = select_models(settings)
        if source is not None and texts_file is None and models.photos_sent:
            out.disclose(models.photos_sent)

        def announce(bill: "Bill", cost: float | None) -> None:
            out.note(said_of(bill, cost))

        names = [name.strip() for some in methods or ["all"] for name in some.split(",")]
        if any(VARIANTS[name].asks for name in names if name in VARIANTS) and models.texts_sent:
            out.disclose(models.texts_sent)
        with out.progress() as progress:
            found = with_cache(
                settings.cache_dir,
                out,
                lambda: measure(
                    source,
                    texts_file,
                    names,
                    models,
                    seeds=seeds,
                    geometries=kmeans,
                    count=count,
                    announce=announce,
                    progress=progress,
                ),
            )
        out.show(lambda: view(found))
        if done := elapsed():
            out.show(lambda: done)
        out.document(lambda: {**document(found), "rows": rows(found)} if as_csv else document(found))
        if plot is not None:
            draw(plot, found.truth, found.results)
            out.note(f"The plot is in {plot}")
