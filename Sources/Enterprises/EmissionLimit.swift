/// What a monitor's values are held against: limits of converted concentrations, and what flue gas can hold.
public struct EmissionLimit: Hashable, Sendable {
  /// Where the numbers are from, such as `GB 4915-2013 table 2`.
  public let source: String
  /// Hourly limits of converted concentrations, mg/m³, `nil` where there is none.
  public let so2, nox, pm: Double?
  /// Reference oxygen (基准含氧量), %; `nil` when concentrations are judged as measured.
  public let referenceOxygenPercent: Double?
  /// Oxygen that flue gas of such a plant can hold in running, %; `nil` when nothing is known.
  public let plausibleOxygenPercent: ClosedRange<Double>?

  public init(
    source: String, so2: Double?, nox: Double?, pm: Double?, referenceOxygenPercent: Double?,
    plausibleOxygenPercent: ClosedRange<Double>?
  ) {
    self.source = source
    self.so2 = so2
    self.nox = nox
    self.pm = pm
    self.referenceOxygenPercent = referenceOxygenPercent
    self.plausibleOxygenPercent = plausibleOxygenPercent
  }

  /// What a concentration is multiplied by: (21 - reference) / (21 - measured oxygen), the conversion that the emission
  /// standards share (such as GB 13223-2011, 5.3). - Returns: `nil` for air, and where oxygen is unknown.
  public func conversionFactor(oxygenPercent: Double) -> Double? {
    guard let reference = referenceOxygenPercent else { return 1 }
    guard !oxygenPercent.isNaN, oxygenPercent < 20.5 else { return nil }
    return (21 - reference) / (21 - oxygenPercent)
  }
}
