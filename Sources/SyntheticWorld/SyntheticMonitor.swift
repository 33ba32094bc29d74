internal import Geometry
internal import Glibc
internal import Readings

/// One faultless synthetic monitor, read hour by hour.
struct Monitor {
  private let network: SyntheticNetwork
  private let point: PlanePoint
  private let isReference: Bool
  private let gain: Double
  private let streetWave: Double
  private var stream: SyntheticStream
  private var level = 0.0
  private var coarseLevel = 0.0
  /// A bonfire nearby: hours since it began and in all, and its height.
  private var fire = (hour: 0, hours: 0, height: 0.0)
  private var gapLeft = 0

  init(_ network: SyntheticNetwork, station: Int) {
    self.network = network
    point = network.positions[station]
    isReference = network.isReference[station]
    stream = SyntheticStream(network.options.seed, 46, station)
    gain = 1 + (isReference ? 0.02 : 0.1) * stream.normal()
    streetWave = stream.unit() < 0.3 ? 0.05 + 0.1 * stream.unit() : 0
  }

  /// - Returns: Reported values, NaN in gaps, and how many values the hour is the mean of.
  mutating func read(
    hour: Int, cityLog: Double, dustLog: Double, sources: [SyntheticNetwork.Source]
  ) -> (fine: Double, coarse: Double, count: Int32) {
    level = 0.9 * level + 0.035 * stream.normal()
    coarseLevel = 0.9 * coarseLevel + 0.06 * stream.normal()
    let street = streetWave * (rush(hour % 24, 8) + rush(hour % 24, 18) - 0.25)
    var air = network.background(hour: hour, at: point) * exp(cityLog + level + street)
    air += plumes(sources, hour: hour) + bonfire() + fireworks(hour)
    let dust = (14 + 0.25 * air) * exp(dustLog + coarseLevel)
    let noise = isReference ? 0.03 : 0.06
    let fine = air * gain * (1 + noise * stream.normal())
    let coarse = (air + dust) * gain * (1 + noise * stream.normal())
    if gapLeft > 0 { gapLeft -= 1 } else if stream.unit() < 1.0 / 720 { gapLeft = 1 + stream.below(12) }
    let isMissing = gapLeft > 0 || stream.unit() < 0.01
    let count: Int32 = isReference ? 1 : stream.unit() < 0.1 ? 11 : 12
    guard !isMissing else { return (.nan, .nan, 0) }
    let steps: Double = isReference ? 1 : 10
    return ((max(1, fine) * steps).rounded() / steps, (max(1, coarse) * steps).rounded() / steps, count)
  }

  private func rush(_ hour: Int, _ peak: Int) -> Double {
    let distance = Double(min(abs(hour - peak), 24 - abs(hour - peak)))
    return exp(-distance * distance / 5)
  }

  /// Gaussians across the hour's wind, as in the campaign: width 0.22 × distance + 200 m.
  private func plumes(_ sources: [SyntheticNetwork.Source], hour: Int) -> Double {
    let (u, v) = network.wind[hour]
    let speed = max(0.8, (u * u + v * v).squareRoot())
    var sum = 0.0
    for source in sources {
      guard source.isContinuous || (7..<19).contains(hour % 24) else { continue }
      let (dx, dy) = (point.x - source.point.x, point.y - source.point.y)
      let along = (dx * u + dy * v) / speed
      let distance = (dx * dx + dy * dy).squareRoot()
      guard along > 0, distance < 15_000 else { continue }
      let across = (dx * v - dy * u) / speed
      let width = 0.22 * along + 200
      sum +=
        source.strength * 3 / speed * 600 / width * exp(-across * across / (2 * width * width)) * exp(-along / 9000)
    }
    return sum
  }

  /// One in three weeks, two to six hours, rising and falling.
  private mutating func bonfire() -> Double {
    if fire.hour >= fire.hours {
      if stream.unit() < 1.0 / 500 { fire = (0, 2 + stream.below(5), 40 + 200 * stream.unit()) } else { return 0 }
    }
    fire.hour += 1
    return fire.height * sin(Double.pi * Double(fire.hour) / Double(fire.hours + 1))
  }

  /// The tenth night, 22:00 to 02:00.
  private mutating func fireworks(_ hour: Int) -> Double {
    let since = hour - (9 * 24 + 22)
    return (0..<4).contains(since) ? 180 * (0.5 + stream.unit()) / Double(1 + since) : 0
  }
}
