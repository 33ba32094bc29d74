internal import Dispatch
public import Geometry
internal import Glibc
public import Quantities
public import Readings

/// Seeded micro-stations beside reference stations, with planted coefficients. All synthetic.
///
/// Each site has air with a memory, humidity with a daily wave, temperature against it. The reference reports the air
/// with an error that has a memory of some hours; the sensor reports what, put through the planted coefficients, gives
/// the air, with an error of its own.
public struct SyntheticCollocation: Sendable {
  /// How large, and how noisy.
  public struct Options: Sendable, Hashable {
    /// The same seed gives the same values on any number of threads.
    public var seed: UInt64
    /// Sensors; the series has a reference row for each besides.
    public var sensors: Int
    /// Whole Beijing days of hours.
    public var days: Int
    /// First day.
    public var start: LocalDay
    /// Standard deviation of the reference's error, as a share of the value.
    public var referenceNoise = 0.05
    /// Standard deviation of the sensor's error, as a share of the value.
    public var sensorNoise = 0.0
    /// Share of the sensors without a reference nearby, 0...1.
    public var aloneShare = 0.1

    public init(seed: UInt64, sensors: Int, days: Int, start: LocalDay) {
      self.seed = seed
      self.sensors = sensors
      self.days = days
      self.start = start
    }
  }

  /// What it was made from.
  public let options: Options
  /// Sensors first, then the reference of each.
  public private(set) var series: HourlySeries
  /// At the sensors, in the order of `series`; NaN for the references.
  public private(set) var weather: SensorWeather
  /// By row of `series`: `false` for sensors, `true` for references, never `nil`.
  public let isReference: [Bool?]
  /// Projected metres, by row of `series`; a sensor left alone is far from any reference.
  public let positions: [PlanePoint?]
  /// Coefficients of each sensor in the order of ``SensorCalibration/terms``.
  public let planted: [[Double]]
  /// Of each sensor's hours.
  public private(set) var air: [Double]

  public init(_ options: Options, threads: Int) {
    self.options = options
    let n = options.sensors
    planted = (0..<n).map { sensor in
      var stream = SyntheticStream(options.seed, 60, sensor)
      return [
        3 * stream.normal(), 0.6 + 0.6 * stream.unit(), -0.15 + 0.06 * stream.normal(), 0.1 * stream.normal(),
        4 * stream.normal(),
      ]
    }
    var positions: [PlanePoint?] = []
    for part in 0..<2 {
      for sensor in 0..<n {
        var stream = SyntheticStream(options.seed, 61, sensor)
        let isAlone = stream.unit() < options.aloneShare
        positions.append(
          PlanePoint(
            x: Double(sensor % 100) * 20_000, y: Double(sensor / 100) * 20_000 + (part == 0 ? 0 : isAlone ? 9000 : 50)))
      }
    }
    self.positions = positions
    isReference = (0..<2 * n).map { $0 >= n }
    let days = options.start...options.start.advanced(by: max(0, options.days - 1))
    series = HourlySeries(pollutant: .pm25, stationCount: 2 * n, days: days)
    let hours = series.hourCount
    let unknown = [Double](repeating: .nan, count: 2 * n * hours)
    weather = SensorWeather(humidity: unknown, temperature: unknown)
    air = [Double](repeating: .nan, count: n * hours)
    for sensor in 0..<n { measure(sensor, hours: hours) }
  }

  private mutating func measure(_ sensor: Int, hours: Int) {
    var stream = SyntheticStream(options.seed, 62, sensor)
    var (level, humid, memory) = (0.0, 0.0, 0.0)
    let b = planted[sensor]
    for hour in 0..<hours {
      level = 0.97 * level + 0.15 * stream.normal()
      humid = 0.98 * humid + 3 * stream.normal()
      let wave = sin(Double(hour % 24 - 4) / 24 * 2 * Double.pi)
      let humidity = min(98, max(10, 58 + humid + 15 * wave))
      let temperature = 8 + 5 * sin(Double(hour) / 700) - 5 * wave + stream.normal()
      let air = max(5, 60 * exp(level))
      memory = 0.8 * memory + 0.6 * stream.normal()
      let slot = sensor * hours + hour
      self.air[slot] = air
      weather.humidity[slot] = humidity
      weather.temperature[slot] = temperature
      let day = Double(hour) / 24 - Double(hours) / 48
      let wanted = air - b[0] - b[2] * (humidity - 50) - b[3] * (temperature - 15) - b[4] * day / 30
      series.values[slot] = wanted / b[1] * (1 + options.sensorNoise * stream.normal())
      series.counts[slot] = 1
      let other = (options.sensors + sensor) * hours + hour
      series.values[other] = air * (1 + options.referenceNoise * memory)
      series.counts[other] = 1
    }
  }
}
