public import Geometry
public import Quantities

/// Dust-fall (降尘) of one collector and month, HJ 1221-2021.
public struct DustFallSample: Hashable, Sendable {
  /// The collector's id as in the file; once per month.
  public let stationID: String
  /// The month it is booked under; exposure may reach a few days beyond.
  public let month: LocalMonth
  /// WGS 84; `nil` where the file gives none.
  public let position: LonLat?
  /// t/(km²·30 d), which equals g/(m²·30 d).
  public let tonnesPerSquareKilometre: Double
  /// Days the collector stood; `nil` when the file does not say and its value is taken for 30 days.
  public let exposureDays: Double?
  /// GB/T 2260, as in the file; `nil` when not given.
  public let countyCode: String?
  /// Line in its file, counted from 1.
  public let line: Int32

  public init(
    stationID: String, month: LocalMonth, position: LonLat?, tonnesPerSquareKilometre: Double, exposureDays: Double?,
    countyCode: String?, line: Int32
  ) {
    self.stationID = stationID
    self.month = month
    self.position = position
    self.tonnesPerSquareKilometre = tonnesPerSquareKilometre
    self.exposureDays = exposureDays
    self.countyCode = countyCode
    self.line = line
  }
}
