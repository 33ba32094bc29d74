public import Geometry
public import Quantities

/// A report to the 12369 hotline (环保举报). Names and telephone numbers of reporters are never kept.
public struct Complaint: Hashable, Sendable {
  public let id: String
  public let time: Instant
  /// WGS 84; `nil` where only an address was given.
  public let position: LonLat?
  public let category: String
  public let text: String
  public let line: Int32
  /// GB/T 2260, where the report names a county by code.
  public let countyCode: String?
  /// What the report says of the place, such as a county, a town or an address; `nil` when nothing.
  public let place: String?
  /// Radius around `position` that holds the place with 95 % probability, metres; `nil` when the file does not say and
  /// the coordinates are not rounded.
  public let uncertaintyMetres: Double?

  public init(
    id: String, time: Instant, position: LonLat?, category: String, text: String, line: Int32,
    countyCode: String? = nil, place: String? = nil, uncertaintyMetres: Double? = nil
  ) {
    self.id = id
    self.time = time
    self.position = position
    self.category = category
    self.text = text
    self.line = line
    self.countyCode = countyCode
    self.place = place
    self.uncertaintyMetres = uncertaintyMetres
  }
}
