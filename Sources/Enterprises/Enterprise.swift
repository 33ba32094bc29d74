public import Geometry

/// Performance grade (绩效分级) of a firm in heavy-pollution response.
public enum PerformanceGrade: String, CaseIterable, Hashable, Sendable, Codable {
  case a = "A"
  case b = "B"
  case c = "C"
  case d = "D"
}

/// A registered firm.
public struct Enterprise: Hashable, Sendable {
  /// 18-character unified social credit code (GB 32100), upper case, check digit verified at ingest.
  public let creditCode: String
  /// As in the register; what targets and sheets print.
  public let name: String
  /// GB/T 4754 code, 2 to 4 digits; empty when unknown.
  public let industryCode: String
  /// WGS 84; `nil` when the register has no place for it.
  public let position: LonLat?
  /// What the file said, kept for provenance; `nil` when it gave no place.
  public let declared: DeclaredPosition?
  /// As in the register; `nil` when not given.
  public let address: String?
  /// GB/T 2260.
  public let countyCode: String?
  /// Discharge permit (排污许可证) as in the register, in any form; `nil` when not given.
  public let permit: String?
  /// `nil` when not given; then orders by grade do not reach the firm.
  public let grade: PerformanceGrade?
  /// As in the register, such as 存续 or 注销; `nil` when not given.
  public let status: String?
  /// Line in its file.
  public let line: Int32
  /// What the register says of its position's error; `nil` when it says nothing, or there is no position.
  public let uncertainty: PositionUncertainty?

  public init(
    creditCode: String, name: String, industryCode: String, position: LonLat?, declared: DeclaredPosition?,
    address: String?, countyCode: String?, permit: String?, grade: PerformanceGrade?, status: String?, line: Int32,
    uncertainty: PositionUncertainty? = nil
  ) {
    self.creditCode = creditCode
    self.name = name
    self.industryCode = industryCode
    self.position = position
    self.declared = declared
    self.address = address
    self.countyCode = countyCode
    self.permit = permit
    self.grade = grade
    self.status = status
    self.line = line
    self.uncertainty = uncertainty
  }

  /// The firm with a county found from its position, where the register gives none.
  public func inCounty(_ code: String?) -> Enterprise {
    guard countyCode?.isEmpty ?? true, let code else { return self }
    return Enterprise(
      creditCode: creditCode, name: name, industryCode: industryCode, position: position, declared: declared,
      address: address, countyCode: code, permit: permit, grade: grade, status: status, line: line,
      uncertainty: uncertainty)
  }
}
