public import Enterprises

/// How much is at stake at a target, as a factor of at least 1: the `score.severity` section of the policy.
public struct StakesPolicy: Hashable, Sendable, Codable {
  /// One line of the industry list.
  public struct Industry: Hashable, Sendable, Codable {
    /// GB/T 4754 prefixes of 2 to 4 digits.
    public var codes: [String]
    /// At least 1.
    public var factor: Double

    public init(codes: [String], factor: Double) {
      self.codes = codes
      self.factor = factor
    }
  }

  /// Factors of the performance grades; each at least that of the better grade.
  public struct Grades: Hashable, Sendable, Codable {
    /// Of the best grade, A; at least 1.
    public var a = 1.0
    /// At least that of A.
    public var b = 1.05
    /// At least that of B.
    public var c = 1.15
    /// At least that of C.
    public var d = 1.25

    public init() {}

    enum CodingKeys: String, CodingKey {
      case a = "A"
      case b = "B"
      case c = "C"
      case d = "D"
    }

    func factor(_ grade: PerformanceGrade) -> Double {
      switch grade {
      case .a: a
      case .b: b
      case .c: c
      case .d: d
      }
    }
  }

  /// The longest prefix of a firm's code counts; of equal lengths the first line.
  public var industries = [
    Industry(codes: ["2521", "3011", "3110", "3120", "3140", "4411", "4412"], factor: 1.5),
    Industry(codes: ["2511", "261", "3012", "3031", "3041", "307", "308", "3091", "32", "339", "4430"], factor: 1.3),
  ]
  /// By the register's grade; a firm without one counts 1.
  public var grades = Grades()
  /// A firm with a discharge permit (排污许可证) is a unit of key or simplified management (重点/简化管理).
  public var permit = 1.1
  /// A meter or cell without a registered firm: no treatment is known of.
  public var unregistered = 1.2
  /// Most the product can be.
  public var most = 2.0

  public init() {}

  /// The product of what applies, 1...`most`; unknown industry, grade or permit count 1.
  ///
  /// Monotone: a worse grade, a permit, or a heavier industry never lowers it.
  public func factor(of firm: Enterprise) -> Double {
    let digits = IndustryClass.normalised(firm.industryCode)
    var best: (length: Int, factor: Double) = (0, 1)
    for line in industries {
      for code in line.codes where digits.hasPrefix(code) && code.utf8.count > best.length {
        best = (code.utf8.count, line.factor)
      }
    }
    var factor = best.factor
    if let grade = firm.grade { factor *= grades.factor(grade) }
    if firm.permit != nil { factor *= permit }
    return min(most, factor)
  }

  /// The factor of a meter or cell without a firm.
  public var factorOfUnregistered: Double { min(most, unregistered) }

  var defects: [(key: String, problem: String)] {
    var result: [(key: String, problem: String)] = []
    func check(_ key: String, _ value: Double) {
      if !(value >= 1 && value <= 10) { result.append((key, "\(value) is not between 1 and 10")) }
    }
    for (slot, line) in industries.enumerated() {
      check("industries[\(slot + 1)].factor", line.factor)
      for code in line.codes where !(2...4).contains(code.utf8.count) || !code.utf8.allSatisfy({ (48...57) ~= $0 }) {
        result.append(("industries[\(slot + 1)].codes", "\"\(code)\" is not a GB/T 4754 code of 2 to 4 digits"))
      }
    }
    for (key, value) in [("A", grades.a), ("B", grades.b), ("C", grades.c), ("D", grades.d)] {
      check("grades.\(key)", value)
    }
    if !(grades.a <= grades.b && grades.b <= grades.c && grades.c <= grades.d) {
      result.append(("grades", "a worse grade has a smaller factor than a better one"))
    }
    check("permit", permit)
    check("unregistered", unregistered)
    check("most", most)
    return result
  }
}
