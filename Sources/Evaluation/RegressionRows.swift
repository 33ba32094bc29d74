/// Rows of a regression with their zeros left out: most targets have few leads.
public struct RegressionRows: Sendable {
  /// Features of every row, zeros included.
  public let featureCount: Int
  /// What is to be predicted, one per row: 0 or 1 for the logistic link.
  public private(set) var targets: [Double] = []
  /// One per row, not negative.
  public private(set) var weights: [Double] = []
  private(set) var starts = [0]
  private(set) var columns: [Int32] = []
  private(set) var values: [Double] = []

  public init(featureCount: Int) { self.featureCount = featureCount }

  /// Rows.
  public var count: Int { targets.count }

  /// - Parameters:
  ///   - features: `featureCount` numbers.
  ///   - target: 0 or 1 for a logistic fit, any number for a linear one.
  ///   - weight: Not negative.
  public mutating func append(_ features: [Double], target: Double, weight: Double = 1) {
    precondition(features.count == featureCount, "one number per feature")
    for (column, value) in features.enumerated() where value != 0 {
      columns.append(Int32(column))
      values.append(value)
    }
    starts.append(columns.count)
    targets.append(target)
    weights.append(weight)
  }

  /// Intercept and coefficients times the features of a row.
  @inline(__always)
  func linear(_ row: Int, _ intercept: Double, _ coefficients: [Double]) -> Double {
    var sum = intercept
    for k in starts[row]..<starts[row + 1] { sum += coefficients[Int(columns[k])] * values[k] }
    return sum
  }
}
