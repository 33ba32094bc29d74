public import Diagnostics
internal import Foundation
public import Grids

/// Reads the places and place-aliases tables that stand beside a grid file.
public enum PlacesFile {
  /// - Parameters:
  ///   - placesPath: `code,name,pinyin,city_code,city_name,province_name,since,until,current_code`.
  ///   - aliasesPath: `alias,code,note`: further names of today's counties; users add lines. `nil` for none.
  /// - Throws: `Problem` for a missing file, a missing column or an alias of an unknown code.
  public static func read(placesPath: String, aliasesPath: String?) throws(Problem) -> PlaceDirectory {
    var places: [PlaceName] = []
    for (line, row) in try rows(placesPath, ["code", "name", "pinyin", "city_code", "city_name", "current_code"]) {
      guard let code = row["code"], code.count == 6, let current = row["current_code"], current.count == 6 else {
        throw Problem(
          "a place without a six-digit code", at: SourcePlace(file: placesPath, line: line),
          remedy: "give code and current_code six digits each")
      }
      places.append(
        PlaceName(
          code: code, name: row["name"] ?? "", pinyin: row["pinyin"] ?? "", cityCode: row["city_code"] ?? "",
          cityName: row["city_name"] ?? "", provinceName: row["province_name"] ?? "", currentCode: current,
          isAlias: !(row["until"] ?? "").isEmpty))
    }
    guard let aliasesPath else { return PlaceDirectory(places) }
    let today = Dictionary(places.filter { !$0.isAlias }.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    for (line, row) in try rows(aliasesPath, ["alias", "code"]) {
      guard let alias = row["alias"], !alias.isEmpty, let county = today[row["code"] ?? ""] else {
        throw Problem(
          "an alias of the unknown code \(row["code"] ?? "")", at: SourcePlace(file: aliasesPath, line: line),
          remedy: "use a code that \(placesPath) lists today")
      }
      places.append(
        PlaceName(
          code: county.code, name: alias, pinyin: "", cityCode: county.cityCode, cityName: county.cityName,
          provinceName: county.provinceName, currentCode: county.code, isAlias: true))
    }
    return PlaceDirectory(places)
  }

  /// Rows as dictionaries: the tables are a few hundred lines long and hold no quotes.
  private static func rows(
    _ path: String, _ required: [String]
  ) throws(Problem) -> [(line: Int, row: [String: String])] {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw Problem(
        "cannot read \(path): \(error.localizedDescription)", remedy: "keep the places tables beside the grid file")
    }
    let lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
    let header = lines.first.map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
    for column in required where !header.contains(column) {
      throw Problem(
        "no column \(column)", at: SourcePlace(file: path, line: 1), remedy: "found: \(header.joined(separator: ", "))")
    }
    return lines.enumerated().dropFirst().filter { !$0.element.isEmpty }.map { number, line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return (number + 1, Dictionary(zip(header, fields), uniquingKeysWith: { first, _ in first }))
    }
  }
}
