/// The one style of all pages: A4, black on white, fonts that carry Chinese, nothing fetched from anywhere.
enum SheetStyle {
  static func page(title: String, footer: String, language: String = "zh-CN", body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="\(language)">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(HTMLText.escaped(title))</title>
    <style>
    \(css)
    @page { @bottom-left { content: "\(HTMLText.cssString(footer))"; font: 7pt sans-serif; }
      @bottom-right { content: counter(page) " / " counter(pages); font: 7pt sans-serif; } }
    </style>
    </head>
    <body>
    \(body)
    </body>
    </html>

    """
  }

  private static let css = """
    @page { size: A4; margin: 12mm 13mm 14mm 13mm; }
    * { box-sizing: border-box; }
    body { font: 9.5pt/1.35 "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC",
      "Microsoft YaHei", "WenQuanYi Micro Hei", sans-serif; color: #000; max-width: 184mm; margin: 0 auto; }
    @media screen { body { padding: 8mm 0; } }
    h1 { font-size: 14pt; margin: 0; }
    h2 { font-size: 10.5pt; margin: 3.5mm 0 1.2mm; border-bottom: 0.6pt solid #000; break-after: avoid; }
    h3 { font-size: 9.5pt; margin: 0 0 0.6mm; }
    p { margin: 0.6mm 0; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; vertical-align: top; padding: 0.5mm 1.2mm; border: 0.4pt solid #999; }
    th { font-weight: 600; background: #f2f2f2; }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    code { font: 7.5pt/1.3 "Noto Sans Mono CJK SC", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
    .head { display: flex; justify-content: space-between; align-items: flex-end; gap: 4mm; }
    .id { font-size: 8pt; }
    .banner { border: 1.2pt solid #000; padding: 1mm 2mm; margin: 1.5mm 0; font-weight: 600; }
    .synthetic { background: #000; color: #fff; text-align: center; print-color-adjust: exact;
      -webkit-print-color-adjust: exact; }
    .columns { display: flex; gap: 5mm; }
    .columns > :first-child { flex: 1; min-width: 0; }
    .columns > figure { flex: 0 0 78mm; }
    figure { margin: 0; break-inside: avoid; }
    figcaption { font-size: 8pt; margin-bottom: 0.8mm; }
    svg { width: 100%; height: auto; display: block; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    .lead { border-left: 2pt solid #000; padding-left: 2mm; margin: 1.6mm 0; break-inside: avoid; }
    .lead .small, .small { font-size: 8pt; }
    .disproof { font-size: 8.5pt; }
    .form { break-inside: avoid; }
    .form td { height: 8mm; }
    .form td.tall { height: 26mm; }
    .form th { width: 30mm; }
    .box { display: inline-block; width: 3.2mm; height: 3.2mm; border: 0.8pt solid #000; vertical-align: -0.4mm; }
    footer { margin-top: 3mm; border-top: 0.4pt solid #999; font-size: 7pt; color: #333; overflow-wrap: anywhere; }
    """
}
