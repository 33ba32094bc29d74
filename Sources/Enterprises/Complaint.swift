public import Geometry
public import Quantities

/// A report to the 12369 hotline (环保举报). Names and telephone numbers of reporters are never kept.
public struct Complaint: Hashable, Sendable {
  /// As in the file; a report that comes in twice under one id is kept once.
  public let id: String
  /// When it was reported, not when the thing happened.
  public let time: Instant
  /// WGS 84; `nil` where only an address was given.
  public let position: LonLat?
  /// As in the file, such as a kind of pollution; empty when not given.
  public let category: String
  /// What was reported, without telephone numbers and other personal data; empty when not given.
  public let text: String
  /// Line in its file.
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
