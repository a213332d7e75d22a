namespace DnsGate.Core.Report.Page;

/// <summary>
/// How the page looks: light and dark, from 320 px on. Colours that carry text have a contrast of 4.5 to 1 or more (WCAG 2.2,
/// 1.4.3), and none carries meaning alone: a word and a shape go with it.
/// </summary>
internal static class PageStyle
{
    /// <summary>The style element; its text is well-formed as XML.</summary>
    public static void Write(Html page) => page.Write($$$"""
        <style>
        :root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--shade:#f3f5f7;--link:#0a58b8;--bad:#b3201a;--mute:#8a5300;--good:#1a6b38;--bad-bar:#c62f27;--mute-bar:#d08a12;--good-bar:#2c9153;--gone-bar:#8b949e}
        @media (prefers-color-scheme:dark){:root{--paper:#12161b;--ink:#e4e8ec;--soft:#a0a9b3;--line:#363e48;--shade:#1b2128;--link:#7db8ff;--bad:#ff9188;--mute:#f2b95c;--good:#74d494;--bad-bar:#f0655b;--mute-bar:#d99a2b;--good-bar:#3fae69;--gone-bar:#6b7480}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.45 system-ui,sans-serif;overflow-wrap:anywhere}
        main,header,footer{max-width:82rem;margin:0 auto;padding:0 1rem}
        h1{margin:0;font-size:2.4rem;line-height:1.15;display:flex;align-items:center;gap:.6rem;text-transform:uppercase;letter-spacing:.02em}
        h1 svg{width:1em;height:1em;flex:none;fill:none;stroke:currentColor;stroke-width:2.4}
        h2{font-size:1.25rem;margin:1.8rem 0 .5rem}
        h3{font-size:1rem;margin:1.2rem 0 .4rem}
        p,ul,ol,dl{margin:.4rem 0}
        a{color:var(--link)}
        code,pre,.mono{font-family:ui-monospace,monospace;font-size:.92em}
        pre{margin:.4rem 0;padding:.6rem;background:var(--shade);overflow-x:auto;overflow-wrap:normal}
        .banner{color:#fff;padding:1.1rem 0}
        .banner p{font-size:1.1rem}
        .banner .then{font-weight:600}
        .banner a{color:inherit}
        .is-closed{background:#a3211b}.is-open{background:#17633b}.is-drifting{background:#7a4b00}.is-undecidable{background:#4b4377}.is-disabled{background:#1d4f91}
        .stopping{margin:0;padding:.5rem 1rem;background:#1b1f24;color:#fff;font-weight:600;text-align:center}
        .soft{color:var(--soft);font-size:.9rem}
        .bad{color:var(--bad)}.mute{color:var(--mute)}.good{color:var(--good)}
        dl.facts{margin-top:1rem;display:grid;grid-template-columns:max-content 1fr;gap:.15rem .9rem}
        dl.facts dt{color:var(--soft)}
        dl.facts dd{margin:0}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%}
        th,td{text-align:left;vertical-align:top;padding:.45rem .7rem .45rem .5rem;border-top:1px solid var(--line)}
        thead th{border-top:0;color:var(--soft);font-size:.85rem;font-weight:600}
        tbody th{font-weight:400}
        tbody th .mono{font-weight:600}
        td p,th p{margin:0}
        tbody th{min-width:13rem}
        td{min-width:12rem}
        td.check{min-width:7rem}
        .answer .soft{display:block}
        .answer+.answer{margin-top:.25rem}
        .since{white-space:nowrap}
        tr.row-bad{background:color-mix(in srgb,var(--bad-bar) 9%,transparent)}
        tr.row-mute{background:color-mix(in srgb,var(--mute-bar) 9%,transparent)}
        .reason{font-weight:700;white-space:nowrap}
        .mark{width:.85em;height:.85em;margin-right:.35em;vertical-align:-.06em;fill:none;stroke:currentColor;stroke-width:4}
        .advice{padding-left:1.2rem}
        .advice li{margin:.4rem 0}
        .key{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;padding:0}
        .key svg{width:1.3rem;height:1rem;vertical-align:-.15rem;margin-right:.35rem}
        .lines{list-style:none;padding:0}
        .lines li{display:grid;grid-template-columns:24rem 1fr;gap:0 1rem;align-items:end;padding:.25rem 0}
        .lines p{margin:0}
        .bar{display:block;width:100%;height:1.5rem;background:var(--shade);border-bottom:1px solid var(--line)}
        .bar path{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
        .b-bad{fill:var(--bad-bar)}.b-mute{fill:var(--mute-bar)}.b-good{fill:var(--good-bar)}.b-gone{fill:var(--gone-bar)}.b-none{fill:var(--shade);stroke:var(--line)}
        .scaled{margin-left:25rem}
        .scale{position:relative;height:1.4rem;font-size:.8rem;color:var(--soft)}
        .scale span{position:absolute;transform:translateX(-50%)}
        .scale .t0{left:0;transform:none}.scale .t1{left:25%}.scale .t2{left:50%}.scale .t3{left:75%}.scale .t4{left:auto;right:0;transform:none}
        .changes{list-style:none;padding:0}
        .changes li{padding:.3rem 0;border-top:1px solid var(--line)}
        footer{margin-top:2rem;padding-top:.8rem;padding-bottom:1.5rem;border-top:1px solid var(--line);color:var(--soft);font-size:.9rem}
        footer nav a{margin-right:1rem}
        @media (max-width:56rem){
        .lines li{display:block;padding:.4rem 0}
        .scaled{margin-left:0}
        }
        @media (max-width:46rem){
        h1{font-size:1.9rem}
        thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        table,tbody,tr{display:block}
        tbody tr{padding:.5rem .6rem;margin-bottom:.6rem;border:1px solid var(--line);border-left-width:.35rem}
        tr.row-bad{border-left-color:var(--bad-bar)}tr.row-mute{border-left-color:var(--mute-bar)}tr.row-good{border-left-color:var(--good-bar)}
        th,td{display:block;min-width:0;border:0;padding:.15rem 0}
        .answer .soft{display:inline}
        td.check{min-width:0;display:grid;grid-template-columns:4.2rem 1fr}
        td.check::before{content:attr(data-check);color:var(--soft)}
        }
        @media (max-width:30rem){h1{font-size:1.6rem}dl.facts{display:block}dl.facts dd{margin-bottom:.3rem}.scale .t1,.scale .t3{display:none}}
        @media print{.banner{color:#000;background:none}}
        </style>

        """);
}
