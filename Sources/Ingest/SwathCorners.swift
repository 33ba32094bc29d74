internal import Diagnostics
internal import GeoFormats

/// Corners of the pixels of an image, in the degrees or metres of its file.
struct SwathCorners {
  private let height: Int
  private let width: Int
  /// Four per pixel from bounds, or one per lattice node of (height + 1) x (width + 1) from centres.
  let longitudes: [Double]
  let latitudes: [Double]
  private let areNodes: Bool

  /// - Parameters:
  ///   - longitudes: Corner arrays; the corners are the last dimension, or the first as in OMI files.
  init(
    bounds longitudes: FileArray, _ latitudes: FileArray, height: Int, width: Int, path: String
  ) throws(Problem) {
    guard longitudes.values.count == height * width * 4, latitudes.values.count == height * width * 4 else {
      throw Problem(
        "the corners of \(path) are \(longitudes.shape) for \(height) x \(width) pixels",
        remedy: "the file is damaged, or the variable is of another grid than the corners")
    }
    self.height = height
    self.width = width
    self.longitudes = Self.cornersLast(longitudes)
    self.latitudes = Self.cornersLast(latitudes)
    areNodes = false
  }

  private static func cornersLast(_ array: FileArray) -> [Double] {
    guard array.shape.last != 4, array.shape.first(where: { $0 > 1 }) == 4 else { return array.values }
    let pixels = array.values.count / 4
    return (0..<pixels * 4).map { array.values[$0 % 4 * pixels + $0 / 4] }
  }

  /// Corners half-way between four neighbouring centres, extended by the last step at the edges.
  init(
    centres longitudes: [Double], _ latitudes: [Double], height: Int, width: Int, path: String
  ) throws(Problem) {
    guard longitudes.count == height * width, latitudes.count == height * width else {
      throw Problem("the centres of \(path) do not fit its pixels", remedy: "the file is damaged or of another product")
    }
    guard height > 1, width > 1 else {
      throw Problem("\(path) is a single line of pixels", remedy: "use a whole swath")
    }
    self.height = height
    self.width = width
    self.longitudes = Self.nodes(longitudes, height, width, wrapsAt: 360)
    self.latitudes = Self.nodes(latitudes, height, width, wrapsAt: nil)
    areNodes = true
  }

  private static func nodes(_ centres: [Double], _ height: Int, _ width: Int, wrapsAt turn: Double?) -> [Double] {
    /// Beside `near` on the circle, so that the middle of 179° and -179° is 180° and not 0°.
    func beside(_ value: Double, _ near: Double) -> Double {
      guard let turn else { return value }
      if value - near > turn / 2 { return value - turn }
      return value - near < -turn / 2 ? value + turn : value
    }
    func centre(_ row: Int, _ column: Int) -> Double {
      // Outside the image, what lies there if the last step goes on.
      let inRow = min(height - 1, max(0, row))
      let inColumn = min(width - 1, max(0, column))
      let value = centres[inRow * width + inColumn]
      if row != inRow { return 2 * value - beside(centre(2 * inRow - row, column), value) }
      if column != inColumn { return 2 * value - beside(centre(row, 2 * inColumn - column), value) }
      return value
    }
    var nodes: [Double] = []
    nodes.reserveCapacity((height + 1) * (width + 1))
    for row in 0...height {
      for column in 0...width {
        let first = centre(row - 1, column - 1)
        let sum =
          first + beside(centre(row - 1, column), first) + beside(centre(row, column - 1), first)
          + beside(centre(row, column), first)
        let node = sum / 4
        nodes.append(turn == nil || node.magnitude <= 180 ? node : node - (node > 0 ? 360 : -360))
      }
    }
    return nodes
  }

  /// Positions of a pixel's four corners in the two arrays, in order around it.
  func slots(row: Int, column: Int) -> (Int, Int, Int, Int) {
    guard areNodes else {
      let first = (row * width + column) * 4
      return (first, first + 1, first + 2, first + 3)
    }
    let node = row * (width + 1) + column
    return (node, node + 1, node + width + 2, node + width + 1)
  }
}
