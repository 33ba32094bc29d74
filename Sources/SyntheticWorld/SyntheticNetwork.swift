internal import Dispatch
public import Geometry
internal import Glibc
public import Quantities
public import Readings

/// A seeded network of PM monitors in made-up cities, with hourly PM2.5 and PM10 and planted faults. All synthetic.
///
/// It needs no boundaries: cities lie on a plane of projected metres. What a quality check must not take for a fault is
/// in it on purpose: plumes that follow the wind, stations beside a source, streets with a daily wave of their own,
/// bonfires of a few hours, one night of fireworks, dust, fronts that pass, gaps. What is simulated and what is not
/// stands in docs/methods/quality-control.md.
public struct SyntheticNetwork: Sendable {
  /// How large a network is.
  public struct Options: Sendable, Hashable {
    /// The same seed gives the same network on any number of threads.
    public var seed: UInt64
    /// Stations of all kinds, in cities of about 40.
    public var stations: Int
    /// Whole Beijing days of hours.
    public var days: Int
    /// First day.
    public var start: LocalDay
    /// Share of the stations that get a planted fault, 0...1.
    public var faultShare: Double

    public init(seed: UInt64, stations: Int, days: Int, start: LocalDay, faultShare: Double = 0.25) {
      self.seed = seed
      self.stations = stations
      self.days = days
      self.start = start
      self.faultShare = faultShare
    }
  }

  /// What it was made from.
  public let options: Options
  /// Projected metres.
  public let positions: [PlanePoint]
  /// Reference-grade stations report whole numbers with little noise; the others are micro-stations.
  public let isReference: [Bool]
  /// Stations beside a source, whose excess is real.
  public let isBesideSource: [Bool]
  /// Towards east and north, m/s, one for all by hour.
  public let wind: [(u: Double, v: Double)]
  /// What the monitors report, with the faults.
  public internal(set) var fine: HourlySeries
  /// PM10 beside `fine`, hour by hour.
  public internal(set) var coarse: HourlySeries
  /// What was planted.
  public internal(set) var faults: [PlantedFault] = []
  /// ``QualityFlags/rawValue`` of what was planted, by station, then hour.
  public internal(set) var plantedFine: [UInt16]
  /// The same for PM10, in the order of `coarse`.
  public internal(set) var plantedCoarse: [UInt16]

  struct Source: Sendable {
    let point: PlanePoint
    let strength: Double
    let isContinuous: Bool
    let city: Int
  }

  public init(_ options: Options, threads: Int) {
    self.options = options
    let days = options.start...options.start.advanced(by: max(0, options.days - 1))
    let hours = options.days * 24
    wind = Self.makeWind(options)
    let cityCount = max(1, options.stations / 40)
    let cities = (0..<cityCount).map { city in
      var stream = SyntheticStream(options.seed, 40, city)
      return PlanePoint(x: 600_000 * stream.unit(), y: 4_000_000 + 600_000 * stream.unit())
    }
    let sources = Self.makeSources(options, cities)
    var positions: [PlanePoint] = []
    var isReference: [Bool] = []
    var isBesideSource: [Bool] = []
    for station in 0..<options.stations {
      var stream = SyntheticStream(options.seed, 42, station)
      let city = station % cityCount
      var point = PlanePoint(
        x: cities[city].x + 6000 * stream.normal(), y: cities[city].y + 6000 * stream.normal())
      let own = sources.filter { $0.city == city }
      let isBeside = stream.unit() < 0.05 && !own.isEmpty
      if isBeside {
        let source = own[stream.below(own.count)].point
        let angle = 2 * Double.pi * stream.unit()
        let distance = 300 + 500 * stream.unit()
        point = PlanePoint(x: source.x + distance * cos(angle), y: source.y + distance * sin(angle))
      }
      positions.append(point)
      isReference.append(stream.unit() < 0.2)
      isBesideSource.append(isBeside)
    }
    self.positions = positions
    self.isReference = isReference
    self.isBesideSource = isBesideSource
    fine = HourlySeries(pollutant: .pm25, stationCount: options.stations, days: days)
    coarse = HourlySeries(pollutant: .pm10, stationCount: options.stations, days: days)
    plantedFine = [UInt16](repeating: 0, count: options.stations * hours)
    plantedCoarse = plantedFine
    measure(cities, sources, threads: threads)
    plantFaults()
  }

  private static func makeWind(_ options: Options) -> [(u: Double, v: Double)] {
    var stream = SyntheticStream(options.seed, 41, 0)
    var (u, v) = (1.0, -1.5)
    return (0..<options.days * 24).map { hour in
      let phase = Double(hour) / (24 * 5.5) * 2 * Double.pi
      u = 0.9 * u + 0.1 * (0.8 + 2 * wave(phase)) + 0.5 * stream.normal()
      v = 0.9 * v + 0.1 * (-0.8 + 2.4 * wave(phase + 1.1)) + 0.5 * stream.normal()
      return (u, v)
    }
  }

  private static func makeSources(_ options: Options, _ cities: [PlanePoint]) -> [Source] {
    cities.indices.flatMap { city in
      (0..<8).map { number in
        var stream = SyntheticStream(options.seed, 43, city, number)
        return Source(
          point: PlanePoint(
            x: cities[city].x + 9000 * stream.normal(), y: cities[city].y + 9000 * stream.normal()),
          strength: 35 * exp(0.7 * stream.normal()), isContinuous: stream.unit() < 0.5, city: city)
      }
    }
  }

  // MARK: Air

  /// Fills `fine` and `coarse` with what faultless monitors report.
  private mutating func measure(_ cities: [PlanePoint], _ sources: [Source], threads: Int) {
    let hours = fine.hourCount
    let cityCount = cities.count
    let cityLogs = cities.indices.map { city in
      var stream = SyntheticStream(options.seed, 44, city)
      var level = 0.0
      return (0..<hours).map { _ in
        level = 0.95 * level + 0.06 * stream.normal()
        return level
      }
    }
    var dustStream = SyntheticStream(options.seed, 45, 0)
    var dust = 0.0
    let dustLogs = (0..<hours).map { _ in
      dust = 0.97 * dust + 0.12 * dustStream.normal()
      return dust
    }
    let network = self
    let stationCount = options.stations
    fine.values.withUnsafeMutableBufferPointer { fineValues in
      coarse.values.withUnsafeMutableBufferPointer { coarseValues in
        fine.counts.withUnsafeMutableBufferPointer { fineCounts in
          coarse.counts.withUnsafeMutableBufferPointer { coarseCounts in
            // Each worker writes the rows of stations that no other touches.
            nonisolated(unsafe) let out = (fineValues, coarseValues, fineCounts, coarseCounts)
            let workers = max(1, threads)
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
              for station in stride(from: worker, to: stationCount, by: workers) {
                let city = station % cityCount
                let own = sources.filter { $0.city == city }
                var monitor = Monitor(network, station: station)
                for hour in 0..<hours {
                  let slot = station * hours + hour
                  let reading = monitor.read(
                    hour: hour, cityLog: cityLogs[city][hour], dustLog: dustLogs[hour], sources: own)
                  out.0[slot] = reading.fine
                  out.1[slot] = reading.coarse
                  out.2[slot] = reading.count
                  out.3[slot] = reading.count
                }
              }
            }
          }
        }
      }
    }
  }

  /// Smooth PM2.5 of the region, µg/m³: episodes that travel eastwards, and a daily wave.
  func background(hour: Int, at point: PlanePoint) -> Double {
    let time = Double(hour) - point.x / 25_000
    let episode = wave(time / (24 * 6.8) * 2 * Double.pi - 1)
    let daily = wave((Double(hour % 24) - 3) / 24 * 2 * Double.pi)
    return max(9, 58 + 36 * episode + 9 * daily - 8 * (point.y - 4_300_000) / 300_000)
  }
}
