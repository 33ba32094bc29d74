internal import Diagnostics
internal import Foundation
public import Ingest
public import Store

/// A campaign folder's list of files.
public struct ManifestEntry: Hashable, Sendable {
  /// What the file is to be ingested as.
  public let kind: InputKind
  /// As given to ``ingestFile(_:into:region:)``: below the manifest's folder unless absolute.
  public let path: String
  /// As `--crs` takes it; `nil` leaves it to the file.
  public let crs: String?
  /// As `--time` takes it, a day or an hour; `nil` leaves it to the file or its name.
  public let time: String?
  /// As `--variable` takes it; `nil` when there is only one.
  public let variable: String?
  /// Kept with the file, such as `synthetic`; empty for none.
  public let note: String
  /// Of the manifest, from 1, the header counted.
  public let line: Int
}

/// Reads `manifest.csv`: `kind,file[,crs,time,variable,note]`, paths relative to the manifest.
///
/// - Returns: Entries in the order they should be ingested: registers before readings, else as listed.
/// - Throws: For a row with an unknown kind: a manifest is written by a program and should be whole.
public func readManifest(path: String, options: ReadOptions) throws -> [ManifestEntry] {
  let folder = URL(filePath: path).deletingLastPathComponent().path
  let order: [InputKind] = [.boundaries, .stations, .enterprises, .meters, .orders]
  return try ManifestFile.read(path: path, options: options).map { row in
    guard let kind = InputKind(rawValue: row.kind) else {
      throw Problem(
        "unknown kind \(row.kind)", at: SourcePlace(file: path, line: row.line),
        remedy: "use one of \(InputKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    func optional(_ text: String) -> String? { text.isEmpty ? nil : text }
    return ManifestEntry(
      kind: kind, path: row.file.hasPrefix("/") ? row.file : "\(folder)/\(row.file)", crs: optional(row.crs),
      time: optional(row.time), variable: optional(row.variable), note: row.note, line: row.line)
  }.enumerated().sorted {
    (order.firstIndex(of: $0.element.kind) ?? order.count, $0.offset)
      < (order.firstIndex(of: $1.element.kind) ?? order.count, $1.offset)
  }.map(\.element)
}
