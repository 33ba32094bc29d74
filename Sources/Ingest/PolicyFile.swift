public import Diagnostics
internal import Digests
internal import Foundation
public import Ranking
internal import Yams

/// Reads policy files (`grids/policy.yml`).
///
/// A file needs to say only what it wants otherwise: what it leaves out keeps the built-in value. Unknown keys are
/// refused, because a misspelt threshold that is silently ignored is worse than none.
public enum PolicyFile {
  /// A policy with the text it came from and that text's SHA-256, hexadecimal, as plans carry it.
  public struct Contents: Sendable, Equatable {
    /// With the built-in values where the text says nothing.
    public let policy: Policy
    /// Word for word; of the built-in policy as the encoder writes it.
    public let text: String
    /// 64 hexadecimal digits, of the text's UTF-8 bytes.
    public let hash: String
  }

  /// The built-in policy, written out in full: what holds when no file is named.
  public static func builtIn() throws(Problem) -> Contents {
    let text = try encoded(Policy.standard)
    return Contents(policy: .standard, text: text, hash: SHA256Digest(ofUTF8: text).hex)
  }

  /// - Throws: `Problem` (usage) that names the file, the line and the key.
  public static func read(path: String) throws(Problem) -> Contents {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw Problem(
        "cannot read the policy file \(path): \(error.localizedDescription)",
        remedy: "name a policy file such as grids/policy.yml", exitStatus: .usage)
    }
    return try parse(text, file: path)
  }

  /// Reads a policy from the text of a policy file. - Parameter file: What errors call it.
  public static func parse(_ text: String, file: String) throws(Problem) -> Contents {
    let written = try composed(text, file: file)
    guard let standard = try composed(encoded(Policy.standard), file: "the built-in policy") else {
      preconditionFailure("the built-in policy encodes to a mapping")
    }
    var policy = Policy.standard
    if let written {
      let merged = try merge(written, into: standard, path: "", file: file)
      do {
        policy = try YAMLDecoder().decode(Policy.self, from: merged)
      } catch {
        let (key, reason) = describe(error)
        throw refusal("\(key): \(reason)", at: line(of: key, in: written), file: file)
      }
    }
    if let defect = policy.defects.first {
      throw refusal("\(defect.key): \(defect.problem)", at: line(of: defect.key, in: written), file: file)
    }
    return Contents(policy: policy, text: text, hash: SHA256Digest(ofUTF8: text).hex)
  }

  private static func encoded(_ policy: Policy) throws(Problem) -> String {
    let encoder = YAMLEncoder()
    encoder.options.sortKeys = true
    do { return try encoder.encode(policy) } catch {
      throw Problem("cannot write the built-in policy out: \(error)", remedy: "report this as a defect of the program")
    }
  }

  /// - Returns: `nil` for a file with nothing but comments.
  private static func composed(_ text: String, file: String) throws(Problem) -> Node? {
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch let error as YamlError {
      throw refusal("not YAML: \(error.description.split(separator: "\n").joined(separator: " "))", at: nil, file: file)
    } catch {
      throw refusal("not YAML: \(error)", at: nil, file: file)
    }
    guard let node, node.null == nil || node.mapping != nil else { return nil }
    guard node.mapping != nil else {
      throw refusal("a policy is a list of keys with values", at: node.mark?.line, file: file)
    }
    return node
  }

  /// The built-in values with the written ones over them.
  private static func merge(
    _ written: Node, into standard: Node, path: String, file: String
  ) throws(Problem) -> Node {
    switch (written, standard) {
    case (.mapping(let changes), .mapping(var result)):
      for (key, value) in changes {
        let name = key.string ?? ""
        let here = path.isEmpty ? name : "\(path).\(name)"
        guard let old = result[key] else {
          let known = result.keys.compactMap(\.string).sorted().joined(separator: ", ")
          throw refusal("unknown key \(here); known are \(known)", at: key.mark?.line, file: file)
        }
        result[key] = try merge(value, into: old, path: here, file: file)
      }
      return .mapping(result)
    case (.sequence(let items), .sequence(let examples)):
      guard let example = examples.first, case .mapping(let shape) = example else { return written }
      for (slot, item) in items.enumerated() {
        guard case .mapping(let entry) = item else {
          throw refusal("\(path)[\(slot + 1)] is not a list of keys", at: item.mark?.line, file: file)
        }
        for key in entry.keys where shape[key] == nil {
          let name = "\(path)[\(slot + 1)].\(key.string ?? "")"
          let known = shape.keys.compactMap(\.string).sorted().joined(separator: ", ")
          throw refusal("unknown key \(name); known are \(known)", at: key.mark?.line, file: file)
        }
      }
      return written
    case (.mapping, _): throw refusal("\(path) is one value, not a list of keys", at: written.mark?.line, file: file)
    case (_, .mapping): throw refusal("\(path) needs a list of keys", at: written.mark?.line, file: file)
    case (.sequence, _): throw refusal("\(path) is one value, not a list", at: written.mark?.line, file: file)
    case (_, .sequence): throw refusal("\(path) needs a list of values", at: written.mark?.line, file: file)
    default: return written
    }
  }

  /// Where a key such as `score.parts[2].weight` stands in the file, or the nearest key above it that does.
  private static func line(of key: String, in written: Node?) -> Int? {
    var node = written
    var found: Int?
    for part in key.split(separator: ".") {
      let pieces = part.split(separator: "[")
      guard let name = pieces.first, let mapping = node?.mapping,
        let entry = mapping.first(where: { $0.key.string == String(name) })
      else { break }
      found = entry.key.mark?.line ?? found
      node = entry.value
      if pieces.count == 2, let number = Int(pieces[1].dropLast()), let items = node?.sequence,
        items.indices.contains(number - 1)
      {
        node = items[number - 1]
        found = node?.mark?.line ?? found
      }
    }
    return found
  }

  private static func describe(_ error: any Error) -> (key: String, reason: String) {
    func path(_ keys: [any CodingKey]) -> String {
      keys.reduce("") { text, key in
        if let number = key.intValue { return "\(text)[\(number + 1)]" }
        return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
      }
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      return (path(context.codingPath), "the key \(key.stringValue) is missing")
    case DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context),
      DecodingError.valueNotFound(_, let context):
      return (path(context.codingPath), context.debugDescription)
    default: return ("", "\(error)")
    }
  }

  private static func refusal(_ problem: String, at line: Int?, file: String) -> Problem {
    Problem(
      problem, at: SourcePlace(file: file, line: line),
      remedy: "compare it with grids/policy.yml, where every key stands with its meaning", exitStatus: .usage)
  }
}
