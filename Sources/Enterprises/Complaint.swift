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

  public init(id: String, time: Instant, position: LonLat?, category: String, text: String, line: Int32) {
    self.id = id
    self.time = time
    self.position = position
    self.category = category
    self.text = text
    self.line = line
  }
}
