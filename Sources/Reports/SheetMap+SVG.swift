internal import Geometry
internal import Glibc
internal import Grids
internal import Quantities

/// Degrees clockwise from up.
func bearingDegrees(dx: Double, dy: Double) -> Double { atan2(dx, dy) * 180 / .pi }

extension SheetMap {
  private static let side = 300.0

  /// ColorBrewer YlOrRd, five classes: ordered in lightness, so that it also reads without colour.
  private static let ramp = ["#ffffb2", "#fecc5c", "#fd8d3c", "#f03b20", "#bd0026"]

  /// The map as an SVG element: cells, boundaries, firms, target, north arrow, scale bar and legend.
  public var svg: String {
    let scale = Self.side / (2 * reachMetres)
    func x(_ point: PlanePoint) -> String {
      NumberText.fixed((point.x - centre.x + reachMetres) * scale, decimals: 1)
    }
    func y(_ point: PlanePoint) -> String {
      NumberText.fixed((centre.y - point.y + reachMetres) * scale, decimals: 1)
    }
    let cellSide = NumberText.fixed(Double(lattice.sizeMetres) * scale, decimals: 1)
    let classes = Self.classes(cells)
    var squares = ""
    for cell in cells.sorted(by: { $0.cell < $1.cell }) where cell.cell.sizeMetres == lattice.sizeMetres {
      let box = lattice.box(of: cell.cell)
      let corner = PlanePoint(x: box.minX, y: box.maxY)
      squares +=
        "<rect x=\"\(x(corner))\" y=\"\(y(corner))\" width=\"\(cellSide)\" height=\"\(cellSide)\" "
        + "fill=\"\(classes.colour(cell))\"/>"
      if let bin = classes.bin(cell), bin != .none {
        squares +=
          BinPattern.svg(
            bin, x: (corner.x - centre.x + reachMetres) * scale, y: (centre.y - corner.y + reachMetres) * scale,
            side: Double(lattice.sizeMetres) * scale)
      }
    }
    let lines = boundaries.filter { $0.count > 1 }.map { ring in
      "<path d=\"M" + (ring + ring.prefix(1)).map { "\(x($0)) \(y($0))" }.joined(separator: "L") + "\"/>"
    }.joined()
    let dots = enterprises.sorted { ($0.x, $0.y) < ($1.x, $1.y) }.map {
      "<circle cx=\"\(x($0))\" cy=\"\(y($0))\" r=\"2\"/>"
    }.joined()
    var marks = ""
    if let targetCell, targetCell.sizeMetres == lattice.sizeMetres {
      let box = lattice.box(of: targetCell)
      let corner = PlanePoint(x: box.minX, y: box.maxY)
      marks +=
        "<rect x=\"\(x(corner))\" y=\"\(y(corner))\" width=\"\(cellSide)\" height=\"\(cellSide)\" "
        + "fill=\"none\" stroke=\"#000\" stroke-width=\"2\"/>"
    }
    if let target {
      marks +=
        "<circle cx=\"\(x(target))\" cy=\"\(y(target))\" r=\"5\" fill=\"#009E73\" stroke=\"#fff\" "
        + "stroke-width=\"1.5\"/>"
    }
    return "<svg class=\"map\" viewBox=\"0 0 300 \(classes.isTested ? 374 : 360)\" role=\"img\" "
      + "aria-label=\"\(HTMLText.escaped(caption))\" xmlns=\"http://www.w3.org/2000/svg\">"
      + "<defs><clipPath id=\"frame\"><rect width=\"300\" height=\"300\"/></clipPath>"
      + "<pattern id=\"none\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><rect width=\"5\" height=\"5\" "
      + "fill=\"#fff\"/><path d=\"M0 5L5 0\" stroke=\"#aaa\" stroke-width=\"0.6\"/></pattern></defs>"
      + "<rect width=\"300\" height=\"300\" fill=\"url(#none)\"/><g clip-path=\"url(#frame)\">"
      + "<g stroke=\"#bbb\" stroke-width=\"0.4\">\(squares)</g>"
      + "<g fill=\"none\" stroke=\"#444\" stroke-width=\"1\" stroke-dasharray=\"4 2\">\(lines)</g>"
      + "<g fill=\"#333\" stroke=\"#fff\" stroke-width=\"0.5\">\(dots)</g>\(marks)</g>"
      + "<rect width=\"300\" height=\"300\" fill=\"none\" stroke=\"#000\" stroke-width=\"1\"/>"
      + northArrow + scaleBar(scale) + classes.legend + "</svg>"
  }

  private var northArrow: String {
    "<g transform=\"translate(280 26) rotate(\(NumberText.fixed(northDegrees, decimals: 1)))\">"
      + "<path d=\"M0 -16L6 10L0 5L-6 10Z\" fill=\"#000\" stroke=\"#fff\"/>"
      + "<text y=\"-17\" text-anchor=\"middle\" font-size=\"9\" stroke=\"#fff\" stroke-width=\"2\" "
      + "paint-order=\"stroke\">N</text></g>"
  }

  /// Three kilometres: the side of a cell.
  private func scaleBar(_ scale: Double) -> String {
    let length = NumberText.fixed(3000 * scale, decimals: 1)
    return "<g transform=\"translate(8 286)\"><rect x=\"-4\" y=\"-12\" width=\"58\" height=\"22\" fill=\"#fff\" "
      + "fill-opacity=\"0.85\"/><path d=\"M0 0V4H\(length)V0\" fill=\"none\" stroke=\"#000\" stroke-width=\"1.5\"/>"
      + "<text x=\"\(length)\" dx=\"3\" y=\"4\" font-size=\"8\">3 km</text></g>"
  }

  /// The colours of a map with their legend.
  private struct Classes {
    let isTested: Bool
    /// Upper ends of all classes but the last.
    let limits: [Double]
    let range: ClosedRange<Double>

    /// Fewer classes keep the dark end.
    var ramp: ArraySlice<String> { ArraySlice(SheetMap.ramp.suffix(limits.count + 1)) }

    /// The bin of a cell of a tested map.
    func bin(_ cell: Cell) -> ConfidenceBin? {
      isTested ? ConfidenceBin(rawValue: cell.bin ?? 0) ?? ConfidenceBin.none : nil
    }

    func colour(_ cell: Cell) -> String {
      if isTested { return (ConfidenceBin(rawValue: cell.bin ?? 0) ?? .none).hexColour }
      return ramp[ramp.startIndex + limits.count { cell.value > $0 }]
    }

    var legend: String {
      var legend = "<g font-size=\"9\">"
      if isTested {
        for (number, bin) in ConfidenceBin.allCases.reversed().enumerated() {
          let (column, row) = (number % 2, number / 2)
          legend += SheetMap.key(150 * column, 308 + 13 * row, bin.hexColour, bin.label)
          legend += BinPattern.svg(bin, x: Double(150 * column), y: Double(308 + 13 * row), side: 9)
        }
      } else {
        let ends = [range.lowerBound] + limits + [range.upperBound]
        for (number, colour) in ramp.enumerated() {
          let label = "\(NumberText.readable(ends[number]))–\(NumberText.readable(ends[number + 1]))"
          legend += SheetMap.key(100 * (number % 3), 308 + 13 * (number / 3), colour, label)
        }
      }
      legend +=
        isTested
        ? SheetMap.key(150, 347, "url(#none)", "无数据 no data")
        : SheetMap.key(200, 321, "url(#none)", "无数据 no data")
      let last = isTested ? 361 : 336
      return legend
        + "<circle cx=\"5\" cy=\"\(last + 4)\" r=\"4\" fill=\"#009E73\"/><text x=\"14\" y=\"\(last + 8)\">目标 target</text>"
        + "<rect x=\"81\" y=\"\(last)\" width=\"8\" height=\"8\" fill=\"none\" stroke=\"#000\" stroke-width=\"2\"/>"
        + "<text x=\"94\" y=\"\(last + 8)\">目标网格 its cell</text>"
        + "<circle cx=\"185\" cy=\"\(last + 4)\" r=\"2\" fill=\"#333\"/>"
        + "<text x=\"192\" y=\"\(last + 8)\">企业 registered firm</text></g>"
    }
  }

  private static func key(_ x: Int, _ y: Int, _ colour: String, _ label: String) -> String {
    "<rect x=\"\(x)\" y=\"\(y)\" width=\"10\" height=\"9\" fill=\"\(colour)\" stroke=\"#888\" stroke-width=\"0.5\"/>"
      + "<text x=\"\(x + 14)\" y=\"\(y + 8)\">\(HTMLText.escaped(label))</text>"
  }

  /// Bins where there are any, else five classes of equal count.
  private static func classes(_ cells: [Cell]) -> Classes {
    let values = cells.map(\.value).sorted()
    let range = (values.first ?? 0)...(values.last ?? 0)
    guard !cells.contains(where: { $0.bin != nil }) else { return Classes(isTested: true, limits: [], range: range) }
    var limits: [Double] = []
    for k in 1..<ramp.count where !values.isEmpty {
      let limit = values[values.count * k / ramp.count]
      // Ties would make empty classes.
      if limit > limits.last ?? range.lowerBound, limit < range.upperBound { limits.append(limit) }
    }
    return Classes(isTested: false, limits: limits, range: range)
  }
}
