public import Geometry
public import Quantities

/// Wind at a place and time.
public struct WindObservation: Hashable, Sendable {
  /// Of the measurement; of a model grid, the valid time.
  public let time: Instant
  /// Of the station or grid point; WGS 84.
  public let position: LonLat
  /// Towards the east, m/s.
  public let eastward: Double
  /// Towards the north, m/s.
  public let northward: Double

  public init(time: Instant, position: LonLat, eastward: Double, northward: Double) {
    self.time = time
    self.position = position
    self.eastward = eastward
    self.northward = northward
  }
}

/// One thermal anomaly of a FIRMS file.
public struct FireDetection: Hashable, Sendable {
  /// Overpass of the satellite, to the minute in FIRMS files.
  public let time: Instant
  /// Centre of the detecting pixel, WGS 84; the fire may lie a kilometre off.
  public let position: LonLat
  /// Fire radiative power, MW; `nil` when the file has none.
  public let radiativePowerMegawatts: Double?
  /// 0...100; VIIRS low, nominal, high become 15, 50, 90.
  public let confidencePercent: Double?
  /// From the file's day/night column; `nil` where it says neither.
  public let isDaytime: Bool?
  /// As in the file, such as `N` or `Terra`; empty when not given.
  public let satellite: String
  /// Line in its file.
  public let line: Int32

  public init(
    time: Instant, position: LonLat, radiativePowerMegawatts: Double?, confidencePercent: Double?, isDaytime: Bool?,
    satellite: String, line: Int32
  ) {
    self.time = time
    self.position = position
    self.radiativePowerMegawatts = radiativePowerMegawatts
    self.confidencePercent = confidencePercent
    self.isDaytime = isDaytime
    self.satellite = satellite
    self.line = line
  }
}
