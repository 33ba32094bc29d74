/// Which side of chance a test looks at.
public enum Alternative: String, Hashable, Sendable, Codable, CaseIterable {
  /// Larger or smaller than chance would have it.
  case twoSided = "two-sided"
  /// Larger only.
  case greater
  /// Smaller only.
  case less
}
