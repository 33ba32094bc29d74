public import Diagnostics
internal import Foundation
public import Sampling

/// The JSON files of sealed draws: seals, openings and proofs.
///
/// Keys are sorted and lines broken, so that the same record gives the same bytes. What is hashed are the lines inside,
/// never these files.
public enum DrawRecords {
  /// The text of a record, with a line feed at its end.
  public static func text(_ record: some Encodable) throws(Problem) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(record), as: UTF8.self) + "\n"
    } catch {
      throw Problem("cannot write the record out: \(error)", remedy: "report this as a defect of the program")
    }
  }

  /// - Throws: `Problem` when the file cannot be read or is not such a record.
  public static func read<Record: Decodable>(_ type: Record.Type, path: String) throws(Problem) -> Record {
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path)) } catch {
      throw Problem("cannot read \(path): \(error.localizedDescription)", remedy: "check the file's name")
    }
    do { return try JSONDecoder().decode(type, from: data) } catch {
      throw Problem(
        "this is not a \(type) file: \(reason(error))", at: SourcePlace(file: path),
        remedy: "use the file as hotgrid wrote it")
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "the key \(key.stringValue) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another kind"
    default: "it is not JSON"
    }
  }

  /// Reads a secret file: its last word is 64 hexadecimal digits.
  public static func readSecret(path: String) throws(Problem) -> SealSecret {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw Problem("cannot read the secret \(path): \(error.localizedDescription)", remedy: "check the file's name")
    }
    guard let word = text.split(whereSeparator: \.isWhitespace).last, let secret = SealSecret(hex: String(word)) else {
      throw Problem(
        "\(path) holds no secret of 64 hexadecimal digits", remedy: "use the secret file that draw seal wrote")
    }
    return secret
  }

  /// Reads a ledger; a file that does not exist is an empty one.
  public static func readLedger(path: String) throws(Problem) -> DrawLedger {
    guard FileManager.default.fileExists(atPath: path) else { return DrawLedger([]) }
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw Problem("cannot read the ledger \(path): \(error.localizedDescription)", remedy: "check the file")
    }
    return try parseLedger(text, file: path)
  }

  /// Reads the text of a ledger. - Parameter file: What errors call it.
  public static func parseLedger(_ text: String, file path: String) throws(Problem) -> DrawLedger {
    var lines: [DrawLedger.Line] = []
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (place, line) in parts.enumerated() {
      if line.isEmpty, place == parts.count - 1 { break }
      guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
        throw Problem(
          "the line is not a JSON object", at: SourcePlace(file: path, line: place + 1),
          remedy: "compare the ledger with a copy from before; a ledger is only ever added to")
      }
      var members: [String: String] = [:]
      for (name, value) in object { members[name] = value as? String ?? (value as? NSNumber)?.stringValue }
      lines.append(DrawLedger.Line(text: String(line), members: members))
    }
    return DrawLedger(lines)
  }
}
