internal import Glibc
internal import Grids
internal import Quantities

/// What one run of the ensemble makes of the wind: unit vector downwind, speed and class per hour.
struct RunWind: Sendable {
  /// Per hour of the evidence; a speed of 0 where the hour is not used.
  let east: [Double]
  let north: [Double]
  let speed: [Double]
  let dispersion: [DispersionClass]

  /// - Parameters:
  ///   - turnDegrees: Added to every direction.
  ///   - stretch: Multiplies every speed.
  init(_ wind: HourlyWind, hours: [Int], turnDegrees: Double, stretch: Double) {
    var east = [Double](repeating: 0, count: wind.count)
    var north = east
    var speed = east
    var dispersion = [DispersionClass](repeating: .d, count: wind.count)
    let (c, s) = (cos(turnDegrees * .pi / 180), sin(turnDegrees * .pi / 180))
    for hour in hours {
      let own = wind.speed(hour)
      let (x, y) = (wind.east[hour] / own, wind.north[hour] / own)
      east[hour] = x * c - y * s
      north[hour] = x * s + y * c
      speed[hour] = own * stretch
      let ordinal = wind.firstHour + Int32(hour)
      dispersion[hour] = DispersionClass(speed: own * stretch, hourOfDay: Int(ordinal.flooredRemainder(by: 24)))
    }
    self.east = east
    self.north = north
    self.speed = speed
    self.dispersion = dispersion
  }
}

/// One column of the model: a source working in one way.
struct PlumeColumn: Sendable {
  let source: SourceSlot
  /// Position in the design's places.
  let place: Int
  let levels: [Float]
  let prior: Double
  /// Grams per second.
  let mean: Double
}

/// Everything about one anomaly that no run changes.
struct PlumeDesign: Sendable {
  /// Centres of the cells plumes begin in.
  var placeX: [Double] = []
  var placeY: [Double] = []
  var columns: [PlumeColumn] = []
  /// Columns of each place.
  var columnsOfPlace: [[Int]] = []

  var receptorX: [Double] = []
  var receptorY: [Double] = []
  var receptorGain: [Double] = []
  /// Centres of the anomaly's cells.
  var cellX: [Double] = []
  var cellY: [Double] = []

  /// Hours that are used, ascending.
  var hours: [Int] = []
  /// By hour of the evidence; NaN where the hour is not used.
  var background: [Double] = []
  var hourCount = 0
  /// By receptor, then hour: value minus background, NaN where there is none.
  var residuals: [Double] = []
  /// Its variance from the receptor's own errors.
  var variances: [Double] = []

  var receptorCount: Int { receptorX.count }

  /// One plume as a receptor sees it.
  struct Entry {
    let column: Int32
    let value: Double
  }

  /// Plumes of all columns at one point in one hour, µg/m³ per g/s.
  @inline(__always)
  func plumes(
    x: Double, y: Double, hour: Int, wind: RunWind, table: PlumeTable,
    each: (_ column: Int, _ value: Double) -> Void
  ) {
    let (e, n, scale) = (wind.east[hour], wind.north[hour], 1e6 / wind.speed[hour])
    let dispersion = wind.dispersion[hour]
    for place in 0..<placeX.count {
      let (dx, dy) = (x - placeX[place], y - placeY[place])
      let along = dx * e + dy * n
      guard along > table.firstAlong else { continue }
      let across = dy * e - dx * n
      let value = table.value(along: along, across: across, dispersion: dispersion) * scale
      // Below a thousandth of a µg/m³ per g/s nothing is lost.
      guard value > 0.001 else { continue }
      for column in columnsOfPlace[place] {
        let level = columns[column].levels[hour]
        if level > 0.001 { each(column, value * Double(level)) }
      }
    }
  }

  /// Design rows of one run: per receptor and used hour its entries.
  func rows(_ wind: RunWind, table: PlumeTable) -> PlumeRows {
    var entries: [Entry] = []
    var starts: [Int32] = [0]
    starts.reserveCapacity(hours.count * receptorCount + 1)
    entries.reserveCapacity(hours.count * receptorCount * 12)
    for hour in hours {
      for receptor in 0..<receptorCount {
        if !residuals[receptor * hourCount + hour].isNaN {
          plumes(x: receptorX[receptor], y: receptorY[receptor], hour: hour, wind: wind, table: table) {
            entries.append(Entry(column: Int32($0), value: $1))
          }
        }
        starts.append(Int32(entries.count))
      }
    }
    return PlumeRows(entries: entries, starts: starts)
  }

  /// Mean over used hours and the anomaly's cells of what one unit of each column adds, µg/m³.
  func contributions(_ wind: RunWind, table: PlumeTable) -> [Double] {
    var sums = [Double](repeating: 0, count: columns.count)
    for hour in hours {
      for cell in 0..<cellX.count {
        plumes(x: cellX[cell], y: cellY[cell], hour: hour, wind: wind, table: table) { sums[$0] += $1 }
      }
    }
    let n = Double(max(1, hours.count * cellX.count))
    return sums.map { $0 / n }
  }
}

/// The sparse rows of a design under one run's wind: by used hour, then receptor.
struct PlumeRows: Sendable {
  let entries: [PlumeDesign.Entry]
  let starts: [Int32]
}
