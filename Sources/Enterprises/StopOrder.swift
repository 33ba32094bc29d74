public import Quantities

/// Why a firm must stop or limit production.
public enum OrderKind: String, CaseIterable, Hashable, Sendable, Codable {
  /// Peak-shift production (错峰生产) in the heating season.
  case peakShift = "peak-shift"
  case yellow, orange, red
}

/// Whom an order binds.
public enum OrderScope: Hashable, Sendable {
  /// GB/T 2260 codes of counties or cities.
  case counties([String])
  /// GB/T 4754 codes; a shorter code binds all that begin with it.
  case industries([String])
  case creditCodes([String])
}

/// A stop order (停产) or limit order (限产).
public struct StopOrder: Hashable, Sendable {
  /// As in the file; what leads and reports cite.
  public let id: String
  /// As in the file; does not decide how the order is judged, `limitPercent` does.
  public let kind: OrderKind
  /// First moment of force.
  public let start: Instant
  /// First moment after force.
  public let end: Instant
  /// Firms it names by county, industry or credit code; an empty list is refused.
  public let scope: OrderScope
  /// Share of production to be cut, percent: 100 is a full stop.
  public let limitPercent: Double
  /// Performance grades the order reaches; empty reaches all, and firms without a grade are reached only then.
  public let grades: [PerformanceGrade]
  /// Line in its file.
  public let line: Int32

  public init(
    id: String, kind: OrderKind, start: Instant, end: Instant, scope: OrderScope, limitPercent: Double,
    grades: [PerformanceGrade] = [], line: Int32
  ) {
    self.id = id
    self.kind = kind
    self.start = start
    self.end = end
    self.scope = scope
    self.limitPercent = limitPercent
    self.grades = grades
    self.line = line
  }
}
