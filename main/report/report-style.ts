/** The look of a report: of paper by day and when printed, dark where the system is. */
export const style = `
:root{color-scheme:light dark;--ink:#1a2233;--dim:#5b6577;--line:#d5dbe5;--page:#fff;--soft:#f4f6fa;--accent:#7a3fd1;--good:#0b6b4f;--bad:#b3261e;--warn:#8a4b00}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf2;--dim:#9aa5b8;--line:#39435a;--page:#131824;--soft:#1c2333;--accent:#b18cf5;--good:#5fd0a8;--bad:#ff8a80;--warn:#f0b060}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px;max-width:960px;background:var(--page);color:var(--ink);font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:22px;margin:0}h2{font-size:17px;margin:28px 0 8px;border-top:1px solid var(--line);padding-top:16px}h3{font-size:14px;margin:18px 0 6px}
.dim{color:var(--dim);font-weight:400}.mono,pre{font-family:ui-monospace,monospace;font-size:13px;font-weight:400}
.tag{font-size:12px;padding:2px 8px;border-radius:4px;background:var(--soft);font-weight:600}
.Completed{color:var(--good)}.Aborted,.RolledBack{color:var(--bad)}
dl{display:flex;flex-wrap:wrap;gap:8px 28px;margin:0}dt{color:var(--dim);font-size:12px}dd{margin:0;font-weight:600}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
th{text-align:left;color:var(--dim);font-size:12px;font-weight:500}th,td{padding:3px 12px 3px 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}
pre{background:var(--soft);padding:10px;border-radius:6px;white-space:pre-wrap;margin:8px 0}
.plus{color:var(--good)}.minus{color:var(--bad)}.gap{color:var(--warn)}
svg{width:100%;height:auto;display:block}svg text{font-size:10px;fill:var(--dim)}.axis{fill:none;stroke:var(--line)}.line{fill:none;stroke:var(--accent);stroke-width:1.5}.dot{fill:var(--good)}.bad{fill:var(--bad)}
footer{margin-top:28px;border-top:1px solid var(--line);padding-top:12px;color:var(--dim);font-size:12px}
@media print{:root{color-scheme:light;--ink:#000;--dim:#444;--line:#bbb;--page:#fff;--soft:#f2f2f2;--accent:#5a2ca0;--good:#0b6b4f;--bad:#b3261e;--warn:#8a4b00}body{padding:0;max-width:none}.release{break-before:page}.release:first-of-type{break-before:auto}tr,svg,dl{break-inside:avoid}}
`
