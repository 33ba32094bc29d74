public import Quantities
internal import Randomness

/// How large a synthetic campaign is. The defaults are the demo's.
public struct SyntheticOptions: Sendable, Hashable {
  /// The same seed, region and grid give the same campaign.
  public var seed: UInt64
  /// First day.
  public var start: LocalDay
  /// Days of the campaign, at least 1.
  public var days: Int
  /// National-type stations with six pollutants.
  public var stations: Int
  /// Micro-stations of PM2.5 with gain errors.
  public var micro: Int
  /// Vans that measure as they drive.
  public var mobile: Int
  /// Registered firms, with a meter or without.
  public var firms: Int
  /// Firms with meters.
  public var metered: Int
  /// Workshops without a registered firm, each with a meter.
  public var unregistered: Int
  /// Ordinary households with meters.
  public var residential: Int

  public init(
    seed: UInt64, start: LocalDay, days: Int = 36, stations: Int = 1500, micro: Int = 400, mobile: Int = 3,
    firms: Int = 2000, metered: Int = 150, unregistered: Int = 20, residential: Int = 60
  ) {
    self.seed = seed
    self.start = start
    self.days = days
    self.stations = stations
    self.micro = micro
    self.mobile = mobile
    self.firms = firms
    self.metered = metered
    self.unregistered = unregistered
    self.residential = residential
  }

  /// Last day, itself part of the campaign.
  public var lastDay: LocalDay { start.advanced(by: days - 1) }
}

/// Random numbers that belong to one thing and one day: the same for any number of threads and any order of writing.
struct SyntheticStream {
  private var stream: RandomStream

  init(_ seed: UInt64, _ kind: Int, _ number: Int, _ day: Int = 0) {
    var state = seed
    for part in [kind, number, day] {
      let moved = state &+ UInt64(bitPattern: Int64(part)) &* SplitMix64.increment
      state = SplitMix64.mixed(moved &+ SplitMix64.increment)
    }
    // One step ahead: campaigns were made so from the first, and their bytes are kept.
    stream = RandomStream(state: state &+ SplitMix64.increment)
  }

  /// 0..<1
  mutating func unit() -> Double { stream.fraction() }

  mutating func below(_ count: Int) -> Int { min(count - 1, Int(unit() * Double(count))) }

  /// Standard normal, by a sum of twelve uniforms: tails end at six, which is enough for noise.
  mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + unit() } }
}

/// Appends text to a byte buffer without formatters.
struct ByteText {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }
  mutating func comma() { bytes.append(0x2C) }
  mutating func line() { bytes.append(0x0A) }

  mutating func add(_ number: Int) {
    if number < 0 { bytes.append(0x2D) }
    var digits: [UInt8] = []
    var rest = number.magnitude
    repeat {
      digits.append(UInt8(rest % 10) + 0x30)
      rest /= 10
    } while rest > 0
    bytes.append(contentsOf: digits.reversed())
  }

  /// A fixed number of decimals, half away from zero.
  mutating func add(_ value: Double, _ decimals: Int) {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = Int((value.magnitude * scale).rounded())
    if value < 0, scaled > 0 { bytes.append(0x2D) }
    let unit = Int(scale)
    add(scaled / unit)
    guard decimals > 0 else { return }
    bytes.append(0x2E)
    var place = unit / 10
    var rest = scaled % unit
    while place > 0 {
      bytes.append(UInt8(rest / place) + 0x30)
      rest %= place
      place /= 10
    }
  }

  /// `2017-11-21T08:15:00`
  mutating func add(_ day: LocalDay, minute: Int) {
    add(day.description)
    bytes.append(0x54)
    for part in [minute / 60, minute % 60] {
      bytes.append(UInt8(part / 10) + 0x30)
      bytes.append(UInt8(part % 10) + 0x30)
      bytes.append(0x3A)
    }
    bytes.append(contentsOf: [0x30, 0x30])
  }
}
