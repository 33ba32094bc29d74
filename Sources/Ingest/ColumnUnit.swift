internal import Quantities

/// The unit a column's name carries, such as `CO(ug/m3)`, `pm25_mgm3` or `NO2 [ppb]`.
struct ColumnUnit {
  /// The pollutant the rest of the name stands for.
  let pollutant: Pollutant
  /// Values are multiplied by `up` and divided by `down` to be in the pollutant's unit; `nil` for a unit that needs to
  /// know temperature and pressure.
  let scale: Scale?
  /// As the file writes it.
  let text: String

  struct Scale: Hashable, Sendable {
    var up: Double
    var down: Double
    static let none = Scale(up: 1, down: 1)
  }

  private static let micrograms = ["ugm3", "µgm3", "μgm3", "微克立方米", "微克每立方米"]
  private static let milligrams = ["mgm3", "毫克立方米", "毫克每立方米"]
  private static let parts = ["ppb", "ppm", "ppbv", "ppmv"]

  /// - Returns: `nil` for a name without a known unit behind a pollutant.
  init?(_ name: String) {
    let bare = name.lowercased().replacingSigns
    for (units, up, down) in [(Self.micrograms, 1.0, 1000.0), (Self.milligrams, 1000.0, 1.0)] {
      for unit in units {
        guard bare.hasSuffix(unit), let pollutant = ReadingsLayout.pollutant(named: String(bare.dropLast(unit.count)))
        else { continue }
        let isOwn = (pollutant.unit == .milligramsPerCubicMetre) == (units == Self.milligrams)
        self.pollutant = pollutant
        scale =
          isOwn ? .none : pollutant.unit == .milligramsPerCubicMetre ? Scale(up: 1, down: down) : Scale(up: up, down: 1)
        text = name
        return
      }
    }
    for unit in Self.parts {
      guard bare.hasSuffix(unit), let pollutant = ReadingsLayout.pollutant(named: String(bare.dropLast(unit.count)))
      else {
        continue
      }
      self.pollutant = pollutant
      scale = nil
      text = name
      return
    }
    return nil
  }

  /// What a person should know; `nil` when the unit is the expected one.
  var note: String? {
    switch scale {
    case .none?: nil
    case let scale?:
      "column \(text): \(scale.up == 1 ? "divided by \(Int(scale.down))" : "multiplied by \(Int(scale.up))") to be in \(pollutant.unit.rawValue)"
    case nil: "column \(text) was left out: \(conversion)"
    }
  }

  /// How parts per billion become mass: M / 24.465 at 298.15 K and 1013.25 hPa, the reference of gases since 2018-09-01;
  /// M / 22.414 at 273.15 K before.
  private var conversion: String {
    let mass: Double? =
      switch pollutant {
      case .so2: 64.066
      case .no2: 46.006
      case .o3: 47.998
      case .co: 28.010
      case .pm25, .pm10: nil
      }
    guard let mass else { return "particles have no parts per billion" }
    func factor(_ volume: Double) -> String { "\((mass / volume * 1000).rounded() / 1000)" }
    return
      "convert it to \(pollutant.unit.rawValue) first: 1 ppb is \(factor(24.465)) µg/m³ at 298.15 K (the reference since "
      + "2018-09-01) and \(factor(22.414)) at 273.15 K"
  }

  /// Why the level of values makes their unit doubtful; `nil` when it does not.
  ///
  /// - Parameter median: Of the hourly or cell values, in the unit the file is taken to have.
  static func doubt(_ pollutant: Pollutant, median: Double) -> String? {
    switch pollutant {
    case .co:
      // A city's CO is 0.3 to 3 mg/m³; the limit of a day is 4 (GB 3095-2012).
      median > 20 ? "co has a median of \(shown(median)): it looks like µg/m³, and mg/m³ is expected" : nil
    default:
      median > 0 && median < 0.5
        ? "\(pollutant.rawValue) has a median of \(shown(median)): it looks like mg/m³ or ppm, and µg/m³ is expected"
        : nil
    }
  }

  private static func shown(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

extension String {
  /// Without what stands around units: brackets, spaces, powers and dividing lines.
  fileprivate var replacingSigns: String {
    String(
      unicodeScalars.compactMap { sign -> Character? in
        switch sign {
        case "³": "3"
        case " ", "_", "-", ".", "(", ")", "[", "]", "（", "）", "/", "^", "\"", "\u{FEFF}", ",", ":": nil
        default: Character(sign)
        }
      })
  }
}
