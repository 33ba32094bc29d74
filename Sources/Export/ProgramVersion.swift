/// The version that outputs carry and `--version` prints.
public enum ProgramVersion {
  /// Semantic version, without a leading `v`.
  public static let text = "0.1.0"
}
