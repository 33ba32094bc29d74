public import Foundation

/// Where tests find files: the repository's own, and the shared data beside it when it is there.
public enum TestFiles {
  /// The root of the repository.
  public static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// A committed fixture, by its path below `fixtures/`.
  public static func fixture(_ path: String) -> URL { repository.appending(path: "fixtures/\(path)") }

  /// `HOTGRID_SHARED`, or `../shared` beside the repository; `nil` when neither exists.
  public static let shared: URL? = {
    let candidates = [
      ProcessInfo.processInfo.environment["HOTGRID_SHARED"].map { URL(filePath: $0) },
      repository.deletingLastPathComponent().appending(path: "shared"),
    ]
    return candidates.compactMap(\.self).first {
      FileManager.default.fileExists(atPath: $0.appending(path: "data").path)
    }
  }()

  /// A file of the shared data, by its path below `data/`; `nil` when it is absent.
  public static func sharedData(_ path: String) -> URL? {
    guard let url = shared?.appending(path: "data/\(path)"), FileManager.default.fileExists(atPath: url.path) else {
      return nil
    }
    return url
  }

  /// What a skipped test says.
  public static let sharedDataAbsent =
    "the shared real data is not beside this checkout (set HOTGRID_SHARED to its folder)"

  /// A fresh, empty folder that the caller may fill.
  public static func temporaryFolder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "hotgrid-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }
}
