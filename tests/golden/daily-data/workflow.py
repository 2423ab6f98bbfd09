"""A coordinator that waits for a week of data and says what it makes."""

from generator.declare import DataInput, DataOutput, Dataset, Schedule, every, shell, workflow

RAW = Dataset(
    "raw", "${nameNode}/raw/${YEAR}-${MONTH}-${DAY}", every(days=1), "2026-01-01T00:00Z", timezone="Asia/Bangkok"
)
FLAGS = Dataset("flags", "${nameNode}/flags/${YEAR}", every(months=12), "2026-01-01T00:00Z", done_flag="")
SCORES = Dataset("scores", "${nameNode}/scores/${YEAR}-${MONTH}-${DAY}", every(days=1), "2026-01-01T00:00Z")

DAILY_DATA = workflow(
    "daily-data",
    shell("score", command="score", arguments=("${week}", "${flag}", "${score}", "${nominalTime}")),
    schedule=Schedule(
        every(days=1),
        start="2026-01-08T00:00Z",
        end="2027-01-01T00:00Z",
        timezone="Asia/Bangkok",
        execution="LAST_ONLY",
        timeout_minutes=-1,
        throttle=5,
        inputs=(DataInput("week", RAW, "${coord:current(-6)}", "${coord:current(0)}"), DataInput("flag", FLAGS)),
        outputs=(DataOutput("score", SCORES),),
    ),
)
