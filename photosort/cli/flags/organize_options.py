"""The flags of photosort organize, each with its help; what they are called, and in which groups, is beside this."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import named_path
from photosort.cli.flags.organize_help import METHOD_HELP
from photosort.methods.specs import METHODS
from photosort.settings import choices

if TYPE_CHECKING:
    MethodName = str
else:
    MethodName = Literal[tuple(METHODS)]

Source = Annotated[Path, typer.Argument(metavar="DIR", parser=named_path, help="The folder with the photos.")]
NumberOfFolders = Annotated[
    str | None,
    typer.Option(
        "--k",
        autocompletion=offers.numbers_of_folders,
        metavar="NUMBER",
        help="Number of folders, or auto.  [default: auto]",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", parser=named_path, help="Where the folders go.  [default: DIR-sorted]")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan without touching any file.")]
Plan = Annotated[Path | None, typer.Option("--plan", parser=named_path, help="Write the plan of --dry-run to a file.")]
Report = Annotated[bool, typer.Option("--report", help="Write a page that shows the folders, also of --dry-run.")]
Mode = Annotated[choices.FilingMode | None, typer.Option("--mode", help="What happens to the photos.  [default: copy]")]
Names = Annotated[
    choices.Names | None, typer.Option("--names", help="What folder names are made of.  [default: summary]")
]
Writer = Annotated[
    str | None,
    typer.Option(
        "--writer",
        autocompletion=offers.writers,
        help="Language model for names: auto, smollm2, keywords, openai:MODEL, t5:NAME.  [default: auto]",
    ),
]
Language = Annotated[str | None, typer.Option("--language", help="Language of names, such as de.  [default: en]")]
Style = Annotated[str | None, typer.Option("--style", help="Style of names, in plain words.")]
NameTemplate = Annotated[
    str | None,
    typer.Option(
        "--name-template", autocompletion=offers.name_templates, help='Folder names, such as "{index:02d} {title}".'
    ),
]
Keywords = Annotated[
    choices.Keywords | None, typer.Option("--keywords", help="Ranking of keywords.  [default: winner]")
]
MaxCost = Annotated[float | None, typer.Option("--max-cost", help="Maximum cost of --writer, in US dollars.")]
About = Annotated[
    bool | None,
    typer.Option("--about/--no-about", help="Write a description into each folder.  [default: about]"),
]
By = Annotated[
    list[str] | None,
    typer.Option("--by", metavar="CRITERION", help="Sort by this, in your words; twice for folders in folders."),
]
Into = Annotated[
    str | None,
    typer.Option(
        "--into",
        metavar="FOLDERS",
        help="Sort into these: a list, a file with a line for each, or a folder with examples in subfolders.",
    ),
]
Other = Annotated[
    str | None,
    typer.Option("--other", metavar="NAME", help="Folder for what fits none of --into.  [default: Other]"),
]
NoOther = Annotated[
    bool, typer.Option("--no-other", help="Put every photo into the folder of --into that it fits best.")
]
Assign = Annotated[
    choices.Assign | None,
    typer.Option("--assign", help="What puts photos into folders of --by or --into.  [default: by models]"),
]
NamesFrom = Annotated[
    int | None,
    typer.Option(
        "--names-from",
        metavar="RUN",
        autocompletion=offers.runs,
        help="Sort --by into the folders of an earlier run.",
    ),
]
Method = Annotated[
    MethodName | None,
    typer.Option("--method", help=f"What photos are grouped by: {METHOD_HELP}.  [default: fusion, or by profile]"),
]
Texts = Annotated[
    choices.TextSource | None,
    typer.Option("--texts", help="Texts that --method text reads.  [default: caption, or ask with --ask]"),
]
Ask = Annotated[
    list[str] | None,
    typer.Option("--ask", metavar="QUESTION", help="Question about each photo, for --method text; repeatable."),
]
Tac = Annotated[
    choices.Tac | None, typer.Option("--tac", help="Whether --method tac trains two heads.  [default: no-train]")
]
Nouns = Annotated[
    choices.NounChoice | None,
    typer.Option("--nouns", help="How --method tac and ntk choose nouns.  [default: softmax]"),
]
Balance = Annotated[
    float | None, typer.Option("--balance", help="Wish of --tac train for equal sizes, 0 for none.  [default: 5]")
]
Captions = Annotated[
    int | None,
    typer.Option("--captions", help="Texts for each photo.  [default: 6 with --method text, else by profile]"),
]
Vectors = Annotated[
    choices.TextVectors | None, typer.Option("--vectors", help="Text vectors of --method text.  [default: sbert]")
]
ShowAll = Annotated[bool, typer.Option("--show-all", help="Show the folders of every question side by side.")]
Outliers = Annotated[
    bool | None, typer.Option("--outliers", help="Put photos that fit no folder clearly into 'Unsorted'.")
]
Levels = Annotated[
    str | None,
    typer.Option(
        "--levels",
        autocompletion=offers.levels,
        metavar="LEVELS",
        help="Folders in folders: 2, or by facts, such as year,auto or year,month.  [default: auto]",
    ),
]
Events = Annotated[
    bool | None, typer.Option("--events", help="Split by gaps in time instead: a folder for each trip or party.")
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        autocompletion=offers.profiles,
        help="Models and method: auto, builtin, fast, paper, paper-text, best.  [default: auto]",
    ),
]
Captioner = Annotated[
    str | None,
    typer.Option(
        "--captioner",
        autocompletion=offers.captioners,
        help="Captioning model; photosort models lists them.  [default: by profile]",
    ),
]
ImageEncoder = Annotated[
    str | None,
    typer.Option(
        "--image-encoder",
        autocompletion=offers.image_encoders,
        help="Model for image embeddings.  [default: by profile]",
    ),
]
TextEncoder = Annotated[
    str | None,
    typer.Option(
        "--text-encoder",
        autocompletion=offers.text_encoders,
        help="Model for text embeddings.  [default: by profile]",
    ),
]
AllowUpload = Annotated[
    list[str] | None,
    typer.Option("--allow-upload", metavar="HOST", help="Host that may receive photos; repeatable."),
]
Fusion = Annotated[
    choices.FusionMode | None,
    typer.Option("--fusion", help="How image and caption are fused.  [default: concat, or by profile]"),
]
Weight = Annotated[float | None, typer.Option("--weight", help="Share of the text, 0 to 1.  [default: by captioner]")]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="PATTERN", help="Files to skip, a pattern as in .gitignore; repeatable."),
]
FollowLinks = Annotated[bool | None, typer.Option("--follow-links", help="Follow symbolic links.")]
Facts = Annotated[
    bool | None,
    typer.Option("--facts/--no-facts", help="Count faces; recognise screenshots and papers.  [default: facts]"),
]
MinK = Annotated[int | None, typer.Option("--min-k", help="Minimum number of folders when --k is auto.  [default: 2]")]
MaxK = Annotated[
    int | None,
    typer.Option("--max-k", help="Maximum number of folders when --k is auto.  [default: 30 or more]"),
]
Device = Annotated[
    str | None,
    typer.Option(
        "--device",
        autocompletion=offers.devices,
        help="Device of the models: auto, cuda, cuda:1, mps, cpu.  [default: auto]",
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        autocompletion=offers.engines,
        help="Where the models run: local, or on a Ray cluster: ray, ray:WORKERS.  [default: local]",
    ),
]
Batch = Annotated[int | None, typer.Option("--batch", help="Photos that a model sees at once.  [default: by device]")]
InFlight = Annotated[
    int | None,
    typer.Option(
        "--in-flight",
        help="Requests under way at once to the server of --captioner server:MODEL, 1 to 256.  "
        "[default: as it can take them, or 16 to another machine]",
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", help="Random seed.  [default: 42]")]
