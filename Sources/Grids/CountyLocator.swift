internal import Geometry

/// Finds the county of a position, exactly and for millions of positions a second.
///
/// A fine lattice of degrees knows the county of every square that no border crosses: one array access. In squares that a
/// border crosses, the counties that touch it are tested one by one with the edges of that row of squares only. Edges are
/// straight in degrees, as RFC 7946 says of GeoJSON, so that the answer is that of the file and not of a projection.
///
/// A position on a border belongs to the county east of it, on a border along a parallel to the one north of it: with
/// borders that are drawn alike on both sides, every position has one county and no two. Where polygons overlap, the first
/// by code answers. Orientation is decided in double-double arithmetic where doubles cannot tell, like GEOS.
public struct CountyLocator: Sendable {
  /// Ascending by code; answers are positions in it.
  public let counties: [County]
  private let west: Double
  private let south: Double
  private let step: Double
  private let columns: Int
  private let rows: Int
  /// Per square: a county, `-1` for none, or `-2 - n` for the n-th crossed square.
  private var squares: [Int32]
  /// Candidates of the n-th crossed square: `candidateStarts[n]..<candidateStarts[n + 1]`.
  private var candidateStarts: [Int32] = [0]
  private var candidates: [Int32] = []
  private var edges = RowEdges()

  /// Squares of the lattice, about.
  private static let squareCount = 2_000_000.0

  /// - Parameter boundaries: One per county, in any order; holes and several polygons are fine.
  public init(_ boundaries: [CountyBoundary]) {
    let ordered = boundaries.sorted { $0.county.code < $1.county.code }
    counties = ordered.map(\.county)
    var box = (west: Double.infinity, south: Double.infinity, east: -Double.infinity, north: -Double.infinity)
    for boundary in ordered {
      for point in boundary.polygons.joined().joined() {
        box = (
          min(box.west, point.longitude), min(box.south, point.latitude), max(box.east, point.longitude),
          max(box.north, point.latitude)
        )
      }
    }
    guard box.west <= box.east else {
      (west, south, step, columns, rows, squares) = (0, 0, 1, 0, 0, [])
      return
    }
    let (width, height) = (box.east - box.west, box.north - box.south)
    step = max(1e-6, (max(width * height, 1e-9) / Self.squareCount).squareRoot(), max(width, height) / 20_000)
    // A margin of a square on every side.
    west = box.west - step
    south = box.south - step
    columns = Int(width / step) + 3
    rows = Int(height / step) + 3
    squares = [Int32](repeating: -1, count: columns * rows)
    edges = RowEdges(ordered, south: south, step: step, rows: rows)
    fill()
  }

  /// The county of a position. - Returns: A position in `counties`; `nil` outside all of them.
  public func county(longitude: Double, latitude: Double) -> Int? {
    let found = locate(longitude, latitude)
    return found < 0 ? nil : Int(found)
  }

  /// Counties of many positions: positions in `counties`, -1 outside all of them and where a coordinate is no number.
  public func counties(longitudes: [Double], latitudes: [Double]) -> [Int32] {
    precondition(longitudes.count == latitudes.count, "one latitude per longitude")
    return longitudes.indices.map { locate(longitudes[$0], latitudes[$0]) }
  }

  @inline(__always)
  func locate(_ x: Double, _ y: Double) -> Int32 {
    let column = (x - west) / step
    let row = (y - south) / step
    guard column >= 0, row >= 0, column < Double(columns), row < Double(rows) else { return -1 }
    let square = squares[Int(row) * columns + Int(column)]
    if square >= -1 { return square }
    return search(Int(-2 - square), row: Int(row), x, y)
  }

  private func search(_ crossed: Int, row: Int, _ x: Double, _ y: Double) -> Int32 {
    for k in candidateStarts[crossed]..<candidateStarts[crossed + 1]
    where edges.contains(county: Int(candidates[Int(k)]), row: row, x, y) { return candidates[Int(k)] }
    return -1
  }

  /// Marks the squares that borders cross, then gives the others to the county their centre lies in.
  private mutating func fill() {
    let count = counties.count
    // Pairs of crossed square and county, as they come row by row.
    var crossings: [(square: Int32, county: Int32)] = []
    var inside: [(square: Int32, county: Int32)] = []
    for county in 0..<count {
      for row in edges.rows(of: county) {
        // Columns that an edge touches in this row, rounding included.
        var touched: [(first: Int, last: Int)] = []
        let low = south + Double(row) * step
        for (from, to) in edges.spans(county: county, row: row, low: low, high: low + step) {
          let first = Int(((from - west) / step - 1e-6).rounded(.down))
          let last = Int(((to - west) / step + 1e-6).rounded(.down))
          touched.append((max(0, first), min(columns - 1, last)))
        }
        touched.sort { $0.first < $1.first }
        var next = 0
        for span in touched {
          for column in max(next, span.first)..<max(next, span.last + 1) {
            crossings.append((Int32(row * columns + column), Int32(county)))
          }
          next = max(next, span.last + 1)
        }
        // Centres between pairs of crossings of the middle line lie inside.
        let middle = low + step / 2
        let cuts = edges.crossings(county: county, row: row, latitude: middle).sorted()
        for pair in stride(from: 0, to: cuts.count - 1, by: 2) {
          let first = Int(((cuts[pair] - west) / step - 0.5).rounded(.up))
          let last = Int(((cuts[pair + 1] - west) / step - 0.5).rounded(.down))
          for column in max(0, first)..<max(max(0, first), min(columns, last + 1)) {
            inside.append((Int32(row * columns + column), Int32(county)))
          }
        }
      }
    }
    give(crossings, inside)
  }

  private mutating func give(_ crossings: [(square: Int32, county: Int32)], _ inside: [(square: Int32, county: Int32)])
  {
    for (square, _) in crossings { squares[Int(square)] = -2 }
    // A county that covers the centre of a crossed square is a candidate of it even when its own border lies elsewhere.
    var all = crossings
    for (square, county) in inside {
      if squares[Int(square)] == -2 {
        all.append((square, county))
      } else if squares[Int(square)] == -1 {
        // The first by code where polygons overlap.
        squares[Int(square)] = county
      }
    }
    all.sort { ($0.square, $0.county) < ($1.square, $1.county) }
    var k = 0
    while k < all.count {
      let square = all[k].square
      squares[Int(square)] = -2 - Int32(candidateStarts.count - 1)
      var last: Int32 = -1
      while k < all.count, all[k].square == square {
        if all[k].county != last { candidates.append(all[k].county) }
        last = all[k].county
        k += 1
      }
      candidateStarts.append(Int32(candidates.count))
    }
  }
}
