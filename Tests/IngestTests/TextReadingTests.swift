import CZlib
import Diagnostics
import Foundation
import Quantities
import TestSupport
import Testing

@testable import Ingest

/// Numbers from a seed, so that a failure can be repeated.
struct TestNumbers {
  var state: UInt64
  mutating func unit() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 9_007_199_254_740_992
  }
  mutating func below(_ count: Int) -> Int { Int(unit() * Double(count)) }
}

enum TextFiles {
  static func write(_ bytes: some Sequence<UInt8>, gzip: Bool = false) throws -> String {
    let path = try TestFiles.temporaryFolder().appending(path: gzip ? "text.csv.gz" : "text.csv").path
    let all = Array(bytes)
    if gzip {
      let file = gzopen(path, "wb")
      defer { gzclose(file) }
      try #require(gzwrite(file, all, UInt32(all.count)) == Int32(all.count))
    } else {
      try Data(all).write(to: URL(filePath: path))
    }
    return path
  }

  /// "id,值" and lines in GB18030: `测` is B2 E2, `站` is D5 BE.
  static let gbHeader: [UInt8] = [0x69, 0x64, 0x2C, 0xD6, 0xB5, 0x0A]
  static let gbStation: [UInt8] = [0xB2, 0xE2, 0xD5, 0xBE]
}

@Suite struct LineSourceTests {
  /// Everything a source gives, as UTF-8, with the numbers of bad lines.
  private func all(_ path: String, blockBytes: Int, encoding: String? = nil) throws -> (text: String, bad: [Int]) {
    var blocks = try TextBlocks(path: path, encoding: encoding, blockBytes: blockBytes)
    var bytes: [UInt8] = []
    while let block = try blocks.next() {
      #expect(block.last == 0x0A, "blocks are whole lines")
      bytes += block
    }
    return (String(decoding: bytes, as: UTF8.self), blocks.badLines.sorted())
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1 << 20], [false, true])
  func `blocks of any size are the same text, gzip or plain`(blockBytes: Int, gzip: Bool) throws {
    let lines = (0..<200).map { "站\($0),\(String(repeating: "x", count: $0 % 37))" }
    let text = lines.joined(separator: "\n")
    let path = try TextFiles.write([0xEF, 0xBB, 0xBF] + Array(text.utf8), gzip: gzip)
    let (read, bad) = try all(path, blockBytes: blockBytes)
    #expect(read == text + "\n" && bad.isEmpty)
  }

  @Test(arguments: [5, 1 << 20])
  func `GB18030 is found by its first line that is not plain ASCII`(blockBytes: Int) throws {
    let bytes = Array("id,v\na,1\n".utf8) + TextFiles.gbStation + Array(",2\n".utf8) + TextFiles.gbStation
    let path = try TextFiles.write(bytes + Array(",3\n".utf8))
    #expect(try all(path, blockBytes: blockBytes).text == "id,v\na,1\n测站,2\n测站,3\n")
  }

  @Test(arguments: [6, 1 << 20])
  func `one line of broken UTF-8 does not turn the file over`(blockBytes: Int) throws {
    let path = try TextFiles.write(Array("名,1\n测".utf8) + [0xFF, 0x2C] + Array("2\n站,3\n".utf8))
    let (text, bad) = try all(path, blockBytes: blockBytes)
    #expect(bad == [2] && text == "名,1\n测\u{FFFD},2\n站,3\n")
  }

  @Test func `a line of broken GB18030 is named too`() throws {
    let bytes = TextFiles.gbStation + Array(",1\n".utf8) + [0xB2, 0x0A] + TextFiles.gbStation + Array(",2\n".utf8)
    let (text, bad) = try all(try TextFiles.write(bytes), blockBytes: 1 << 20)
    #expect(bad == [2] && text.hasPrefix("测站,1\n") && text.hasSuffix("测站,2\n"))
  }

  @Test(
    arguments: [
      ([0xFF, 0xFE, 0x61, 0x00], "UTF-16"), ([0x61, 0x00, 0x62], "binary"), ([], "is empty"),
    ] as [([UInt8], String)])
  func `what is no text is refused`(bytes: [UInt8], fault: String) throws {
    let path = try TextFiles.write(bytes)
    let error = #expect(throws: Problem.self) { _ = try all(path, blockBytes: 100) }
    #expect(error?.problem.contains(fault) == true)
  }

  @Test func `a cut gzip file is refused`() throws {
    let path = try TextFiles.write((0..<5000).flatMap { "\($0),\($0 * 7919 % 1013)\n".utf8 }, gzip: true)
    let whole = try Data(contentsOf: URL(filePath: path))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
    let error = #expect(throws: Problem.self) { _ = try all(path, blockBytes: 1 << 12) }
    #expect(error?.problem.contains("cut off") == true)
  }

  @Test func `the header is taken off, also from a file of nothing else`() throws {
    for text in ["a,b\r\n1,2\n", "a,b"] {
      let source = try LineSource(path: try TextFiles.write(text.utf8), encoding: nil, blockBytes: 3)
      #expect(String(decoding: try source.header(), as: UTF8.self) == "a,b")
      var buffer = LineBuffer(capacity: 10)
      #expect(try (source.fill(&buffer) == nil) == (text == "a,b"))
    }
    let source = try LineSource(path: try TextFiles.write(TextFiles.gbHeader), encoding: nil, blockBytes: 3)
    #expect(String(decoding: try source.header(), as: UTF8.self) == "id,值")
    #expect(source.encoding == .gb18030)
  }
}

extension LineSource.Block: Equatable {
  static func == (a: LineSource.Block, b: LineSource.Block) -> Bool { a.number == b.number }
}

@Suite struct RowCutterTests {
  /// Fields of the first row as a plain splitter finds them.
  private func plain(_ line: String, _ delimiter: Character) -> [String] {
    var fields = [""]
    var quoted = false
    for character in line {
      if character == "\"" { quoted.toggle() }
      if character == delimiter, !quoted { fields.append("") } else { fields[fields.count - 1].append(character) }
    }
    return fields
  }

  @Test(arguments: [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")])
  func `rows are cut as a plain splitter cuts them`(delimiter: UInt8) {
    var random = TestNumbers(state: UInt64(delimiter))
    let mark = Character(UnicodeScalar(delimiter))
    let letters = Array("ab9 -.+:\u{1}站é\u{7F}") + [mark, mark, "\""]
    var lines: [String] = []
    for _ in 0..<500 { lines.append(String((0..<random.below(40)).map { _ in letters[random.below(letters.count)] })) }
    var buffer = LineBuffer(capacity: 10)
    for (k, line) in lines.enumerated() {
      Array(line.utf8).withUnsafeBufferPointer { buffer.append($0) }
      if k % 3 == 0 { buffer.append(0x0D) }
      buffer.append(0x0A)
    }
    buffer.pad()
    var cutter = RowCutter(delimiter: delimiter, columns: 12)
    var start = 0
    for line in lines {
      cutter.cut(buffer.bytes, from: start)
      let expected = plain(line, mark)
      let isClosed = line.count { $0 == "\"" } % 2 == 0
      #expect(cutter.isClosed == isClosed && cutter.count == min(12, expected.count), "\(line)")
      for column in 0..<cutter.count {
        #expect(String(decoding: cutter.field(column, buffer.bytes), as: UTF8.self) == expected[column], "\(line)")
      }
      start = cutter.next
    }
    #expect(start == buffer.count)
  }
}

@Suite struct NameTableTests {
  @Test func `names of any length keep their numbers`() {
    var random = TestNumbers(state: 5)
    var table = NameTable()
    var numbers: [String: Int32] = [:]
    for _ in 0..<20_000 {
      let name = String((0..<random.below(24)).map { _ in Character(UnicodeScalar(UInt8(97 + random.below(3)))) })
      let number = table.number(of: name)
      if let known = numbers[name] { #expect(number == known) } else { #expect(Int(number) == numbers.count) }
      numbers[name] = number
    }
    #expect(table.names.count == numbers.count && table.names.enumerated().allSatisfy { numbers[$1] == Int32($0) })
  }
}
