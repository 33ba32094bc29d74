/// What was known of visited targets before the visit, and what the visit found.
public struct FitData: Sendable {
  /// One visit.
  public struct Row: Hashable, Sendable {
    /// As in the frame; visits to one target are never cut between folds.
    public var targetID: String
    /// County and day, or another block that hangs together.
    public var block: String
    /// One per feature, in policy weights of 1: 0 without a lead, 1 for one lead of full strength, more for several.
    public var strengths: [Double]
    /// By the policy that was used.
    public var score: Double
    /// Of inclusion, 0 < π ≤ 1.
    public var probability: Double
    /// At least one problem: the response of a fit of `found`.
    public var found: Bool
    /// Summed over the problems; the response of a fit of `severity`.
    public var severity: Double

    public init(
      targetID: String, block: String, strengths: [Double], score: Double, probability: Double, found: Bool,
      severity: Double
    ) {
      self.targetID = targetID
      self.block = block
      self.strengths = strengths
      self.score = score
      self.probability = probability
      self.found = found
      self.severity = severity
    }
  }

  /// Names of the features, such as kinds of leads.
  public var features: [String]
  /// Weight of each feature in the policy that was used; `nil` for one it does not know.
  public var currentWeights: [Double?]
  /// One per visit, in any order.
  public var rows: [Row]

  public init(features: [String], currentWeights: [Double?], rows: [Row]) {
    precondition(features.count == currentWeights.count, "one weight per feature")
    self.features = features
    self.currentWeights = currentWeights
    self.rows = rows
  }
}

/// What is learned.
public enum FitResponse: String, CaseIterable, Hashable, Sendable, Codable {
  /// Whether a visit finds anything, by logistic regression.
  case found
  /// The severity of what it finds, by least squares.
  case severity
}

/// A rising function that features go through first.
public enum FitTransform: String, CaseIterable, Hashable, Sendable, Codable {
  case none
  /// √x: a second lead adds less than the first.
  case squareRoot = "sqrt"
  /// log(1 + x).
  case logarithm = "log1p"
}

/// What is never cut between folds.
public enum FitGrouping: String, CaseIterable, Hashable, Sendable, Codable {
  /// All visits to one target.
  case target
  /// All visits of one county and day, and all of every target among them.
  case countyDay = "county-day"
}

/// How weights are learned; the defaults are this project's choice.
public struct FitOptions: Sendable {
  /// Whether finds or their severity are predicted.
  public var response = FitResponse.found
  /// What strengths go through before the fit; `none` keeps them in proportion to policy weights.
  public var transform = FitTransform.none
  /// What stays together in folds and in the bootstrap.
  public var grouping = FitGrouping.target
  /// Parts of which each is predicted by a fit of the others.
  public var folds = 5
  /// Ridges that are tried.
  public var ridges = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1]
  /// Weights 1/π are cut at this multiple of their median, which trades a little bias for much variance.
  public var weightCap = 20.0
  /// Of the intervals, at the chosen ridge; its seed deals the folds too.
  public var bootstrap = BootstrapOptions(replicates: 500)

  public init() {}
}
