"""Texts that try to run, to break out of a format, or to forge a verdict; each can be a name or a message."""

SCRIPTS = (
    "<script>window.ran=1</script>",
    "</script><script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1>",
    "<svg><script>window.ran=1</script></svg>",
    '"><script>window.ran=1</script>',
    "' onmouseover='window.ran=1",
    '" autofocus onfocus="window.ran=1',
    "javascript:window.ran=1",
    "<a href=javascript:window.ran=1>x</a>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<style>*{display:none}</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<!--",
    "--><script>window.ran=1</script><!--",
    "<![CDATA[<script>window.ran=1</script>]]>",
    "{{ 7*7 }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}",
    "${window.ran=1}",
    "<template><script>window.ran=1</script></template>",
    "<math><mtext><script>window.ran=1</script>",
    "\\u003cscript\\u003ewindow.ran=1\\u003c/script\\u003e",
    "&lt;script&gt;window.ran=1&lt;/script&gt;",
)
BREAKERS = (
    "\n::error file=forged,line=1::forged",
    "\n::set-output name=status::success",
    "##[error]forged",
    "\nstatus=success\nsummary=20 of 20 points",
    "```\n# forged\n```",
    "````markdown\n| pass | all | 20/20 |",
    "[click](javascript:alert(1)) @everyone",
    "=cmd|' /C calc'!A0",
    "+1\t-1\r@SUM(A1)",
    'x","20","20',
    "]]></failure></testcase>",
    "\x1b[2J\x1b]0;title\x07",
    "abc\u202etxt.exe\u2066",
    "\0\x08\r\n\x85\u2028\u2029",
    "x" * 10_000,
    "\udce9\ud800 \U0001f469\u200d\U0001f4bb",
)
HOSTILE = (*SCRIPTS, *BREAKERS)

FOREIGN = "img, iframe, base, template, math, object, form, [onload], [onerror], [onfocus], [onmouseover]"
"""Elements that no page of ours has: one would be made of a text."""
