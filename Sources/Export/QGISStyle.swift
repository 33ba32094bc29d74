internal import Diagnostics
internal import GeoFormats
internal import Quantities

/// Styles that QGIS reads from the `layer_styles` table of a GeoPackage.
enum QGISStyle {
  /// One colour per confidence bin, values of an integer field.
  static func confidenceBins(field: String) -> String {
    var categories = ""
    var symbols = ""
    for (number, bin) in ConfidenceBin.allCases.reversed().enumerated() {
      let colour = "\(bin.colour.red),\(bin.colour.green),\(bin.colour.blue)"
      categories +=
        "<category value=\"\(bin.rawValue)\" type=\"integer\" symbol=\"\(number)\" render=\"true\" "
        + "label=\"\(bin.label)\"/>"
      var layers: [(kind: String, options: [(String, String)])] = [
        (
          "SimpleFill",
          [
            ("color", "\(colour),\(bin == .none ? 90 : 200)"), ("style", "solid"), ("outline_color", "128,128,128,90"),
            ("outline_style", "solid"), ("outline_width", "0.1"), ("outline_width_unit", "MM"),
          ]
        )
      ]
      if bin != .none {
        // Strokes for who cannot tell the colours: leaning for hot, lying for cold, denser where surer.
        layers.append(
          (
            "LinePatternFill",
            [
              ("angle", bin.rawValue > 0 ? "60" : "0"), ("distance", ["", "4", "2.5", "1.5"][bin.strokes]),
              ("distance_unit", "MM"), ("color", "60,60,60,150"), ("line_width", "0.15"), ("line_width_unit", "MM"),
            ]
          ))
      }
      symbols += symbol(name: "\(number)", type: "fill", layers: layers)
    }
    return document(
      "<renderer-v2 type=\"categorizedSymbol\" attr=\"\(field)\" enableorderby=\"0\" forceraster=\"0\" "
        + "symbollevels=\"0\"><categories>\(categories)</categories><symbols>\(symbols)</symbols></renderer-v2>")
  }

  /// Targets: drawn ones as filled dots (value 1), the others as open dots.
  static func drawn(field: String) -> String {
    let looks = [("1", "已抽中 / drawn", "213,94,0,255", "3.2"), ("0", "未抽中 / not drawn", "255,255,255,200", "1.8")]
    var categories = ""
    var symbols = ""
    for (number, look) in looks.enumerated() {
      categories +=
        "<category value=\"\(look.0)\" type=\"integer\" symbol=\"\(number)\" render=\"true\" label=\"\(look.1)\"/>"
      symbols += symbol(
        name: "\(number)", type: "marker",
        layers: [
          (
            "SimpleMarker",
            [
              ("name", "circle"), ("color", look.2), ("outline_color", "35,35,35,255"), ("outline_width", "0.3"),
              ("size", look.3), ("size_unit", "MM"),
            ]
          )
        ])
    }
    return document(
      "<renderer-v2 type=\"categorizedSymbol\" attr=\"\(field)\" enableorderby=\"0\" forceraster=\"0\" "
        + "symbollevels=\"0\"><categories>\(categories)</categories><symbols>\(symbols)</symbols></renderer-v2>")
  }

  /// Options twice: as QGIS 3.16 and older read them, and as newer ones do.
  private static func symbol(
    name: String, type: String, layers: [(kind: String, options: [(String, String)])]
  ) -> String {
    let text = layers.map { layer in
      let old = layer.options.map { "<prop k=\"\($0.0)\" v=\"\($0.1)\"/>" }.joined()
      let new = layer.options.map { "<Option type=\"QString\" name=\"\($0.0)\" value=\"\($0.1)\"/>" }.joined()
      return
        "<layer class=\"\(layer.kind)\" enabled=\"1\" locked=\"0\" pass=\"0\"><Option type=\"Map\">\(new)</Option>\(old)"
        + "</layer>"
    }.joined()
    return "<symbol name=\"\(name)\" type=\"\(type)\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\(text)</symbol>"
  }

  private static func document(_ renderer: String) -> String {
    "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
      + "<qgis version=\"3.22.0\" styleCategories=\"Symbology\">\(renderer)<layerGeometryType/></qgis>\n"
  }
}

extension VectorWriter {
  /// Adds the style with which QGIS opens a layer; GeoPackage only.
  mutating func addStyle(layer: String, name: String, qml: String, description: String) throws(Problem) {
    let columns = [
      "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName", "styleQML", "styleSLD",
    ]
    let fields =
      columns.map { VectorField($0, .text) } + [VectorField("useAsDefault", .integer)]
      + ["description", "owner", "ui", "update_time"].map { VectorField($0, .text) }
    // QGIS looks for an empty catalogue and schema, not for null.
    let texts = ["", "", layer, "geom", name, qml, ""]
    let ends = [description, "", "", "1970-01-01T00:00:00.000Z"]
    try addTable(
      name: "layer_styles", fields: fields,
      rows: [texts.map { .text($0) } + [.integer(1)] + ends.map { .text($0) }])
  }
}
