internal import Diagnostics
internal import Foundation

/// Puts words into a KML file that GDAL's driver has no place for.
enum KMLDescription {
  /// Inserts `<description>` after the name of the file's folder, as the order of elements in OGC 07-147r2 wants it.
  static func insert(_ description: String, into path: String) throws(Problem) {
    let mark = Data("</name>".utf8)
    guard var data = FileManager.default.contents(atPath: path), let place = data.range(of: mark) else { return }
    let text = "<description>\(escaped(description))</description>"
    data.insert(contentsOf: Data(text.utf8), at: place.upperBound)
    do { try data.write(to: URL(filePath: path)) } catch {
      throw Problem("cannot write \(path): \(error.localizedDescription)", remedy: "check that the disk is not full")
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }
}
