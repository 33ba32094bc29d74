internal import Enterprises
internal import Glibc

/// Usual daily energy of metered firms by two-digit industry, to tell a working firm from an empty one.
struct PeerLevels: Sendable {
  /// Upper quartile of the days of each meter, kWh; NaN without data.
  private let levels: [Double]
  /// Median of the industry without the meter's own weight, by meter; NaN with too few peers.
  private let medians: [Double]

  init(_ screen: PowerScreen, history: LoadHistory, threads: Int) {
    let share = screen.rules.minimumKnownShare
    let found = concurrentMap(screen.meters.count, threads: threads) { meter -> Double in
      guard screen.firmOf[meter] >= 0 else { return .nan }
      let days = history.dailyTotals(meter: meter, minimumKnownShare: share).filter { !$0.isNaN }
      return quantile(ofSorted: days.sorted(), 0.75) ?? .nan
    }
    var groups: [String: [Double]] = [:]
    func industry(_ meter: Int) -> String {
      String(IndustryClass.normalised(screen.enterprises[Int(screen.firmOf[meter])].industryCode).prefix(2))
    }
    for (meter, level) in found.enumerated() where !level.isNaN { groups[industry(meter), default: []].append(level) }
    var medianOf: [String: Double] = [:]
    for (name, values) in groups where values.count > screen.rules.minimumPeers {
      medianOf[name] = quantile(ofSorted: values.sorted(), 0.5)
    }
    levels = found
    medians = found.indices.map { found[$0].isNaN ? .nan : medianOf[industry($0)] ?? .nan }
  }

  /// Whether a meter's level speaks of a working firm; `nil` with too few peers.
  func works(_ meter: Int, _ rules: PowerRules) -> Bool? {
    guard !medians[meter].isNaN else { return nil }
    return levels[meter] >= rules.workingPeerShare * medians[meter]
  }
}

/// Usual daily energy of meters without a firm, by tariff.
struct TariffReferences: Sendable {
  struct Reference: Sendable {
    /// kWh per day.
    let median: Double
    /// kWh per day above which a meter stands out.
    let threshold: Double
  }

  private var byTariff: [String: Reference] = [:]
  private let floor: Double

  /// The threshold is exp(median + z · 1.4826 · MAD) of the logarithms, never below the floor: robust, so that the few
  /// workshops among the households do not raise it. A tariff whose median meter stands above the floor is no reference.
  init(_ screen: PowerScreen, shapes: [LoadShape]) {
    floor = screen.rules.unregisteredFloorKilowattHours
    var groups: [String: [Double]] = [:]
    for (meter, shape) in shapes.enumerated() where screen.firmOf[meter] == -1 && shape.meanDaily > 0 {
      groups[screen.meters[meter].tariff.lowercased(), default: []].append(log(shape.meanDaily))
    }
    for (tariff, logs) in groups where logs.count >= screen.rules.unregisteredReferenceMeters {
      guard let centre = quantile(ofSorted: logs.sorted(), 0.5),
        let spread = quantile(ofSorted: logs.map { abs($0 - centre) }.sorted(), 0.5), exp(centre) < floor
      else { continue }
      let threshold = exp(centre + screen.rules.unregisteredRobustZ * 1.4826 * spread)
      byTariff[tariff] = Reference(median: exp(centre), threshold: max(floor, threshold))
    }
  }

  /// With too few meters of the tariff, or none that are ordinary, the floor stands for both numbers.
  func reference(for tariff: String) -> Reference {
    byTariff[tariff.lowercased()] ?? Reference(median: floor, threshold: floor)
  }
}

extension PowerFlag {
  static func log10(_ value: Double) -> Double { value > 0 ? Glibc.log10(value) : 0 }
}
