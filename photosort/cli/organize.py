"""photosort organize: the main command."""

from photosort.cli.flags import organize_options as options
from photosort.cli.flags.options import AsForm, AsJson, Fresh, QuietFlag, RespectMoves, Yes, settings_of
from photosort.cli.sink.output import speaking


def organize(
    source: options.Source,
    k: options.NumberOfFolders = None,
    out: options.Out = None,
    dry_run: options.DryRun = False,
    fresh: Fresh = False,
    respect_moves: RespectMoves = None,
    plan: options.Plan = None,
    report: options.Report = False,
    mode: options.Mode = None,
    names: options.Names = None,
    writer: options.Writer = None,
    language: options.Language = None,
    style: options.Style = None,
    name_template: options.NameTemplate = None,
    keywords: options.Keywords = None,
    max_cost: options.MaxCost = None,
    about: options.About = None,
    by: options.By = None,
    into: options.Into = None,
    other: options.Other = None,
    no_other: options.NoOther = False,
    assign: options.Assign = None,
    names_from: options.NamesFrom = None,
    method: options.Method = None,
    texts: options.Texts = None,
    ask: options.Ask = None,
    tac: options.Tac = None,
    nouns: options.Nouns = None,
    balance: options.Balance = None,
    captions: options.Captions = None,
    vectors: options.Vectors = None,
    show_all: options.ShowAll = False,
    outliers: options.Outliers = None,
    levels: options.Levels = None,
    events: options.Events = None,
    profile: options.Profile = None,
    captioner: options.Captioner = None,
    image_encoder: options.ImageEncoder = None,
    text_encoder: options.TextEncoder = None,
    allow_upload: options.AllowUpload = None,
    fusion: options.Fusion = None,
    weight: options.Weight = None,
    exclude: options.Exclude = None,
    follow_links: options.FollowLinks = None,
    facts: options.Facts = None,
    min_k: options.MinK = None,
    max_k: options.MaxK = None,
    device: options.Device = None,
    engine: options.Engine = None,
    batch: options.Batch = None,
    seed: options.Seed = None,
    yes: Yes = False,
    output: AsForm = None,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Sort the photos of DIR into a few well-named folders. Copies by default: DIR stays as it is."""
    with speaking(as_json=as_json, quiet=quiet, form=output) as out_:
        from photosort.cli.flags.idle import idle_flags
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
            "events": events,
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
