import Foundation
import TestSupport
import Testing

/// Damages NetCDF, HDF5 and GeoTIFF files byte by byte and reads them with the program, as a user would.
///
/// `HOTGRID_FUZZ_FILES` asks for more copies than the few that every run makes; a failure names its seed.
@Suite struct PixelFileFuzzTests {
  static let copies = ProcessInfo.processInfo.environment["HOTGRID_FUZZ_FILES"].flatMap(Int.init) ?? 12

  struct Generator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, bound)
    }
  }

  static func damage(_ bytes: Data, seed: UInt64) -> Data {
    var bytes = [UInt8](bytes)
    var random = Generator(seed: seed)
    for _ in 0...random.next(24) {
      switch random.next(8) {
      case 0:
        let start = random.next(bytes.count)
        for k in start..<min(bytes.count, start + random.next(64)) { bytes[k] = 0 }
      case 1:
        let start = random.next(bytes.count)
        for k in start..<min(bytes.count, start + 8) { bytes[k] = 0xFF }
      // Headers are where libraries believe what they read.
      case 2, 3, 4: bytes[random.next(min(bytes.count, 4096))] = UInt8(random.next(256))
      default: bytes[random.next(bytes.count)] ^= UInt8(1 << random.next(8))
      }
    }
    if random.next(10) == 0 { bytes.removeLast(random.next(bytes.count)) }
    return Data(bytes)
  }

  /// The program must end by itself with 0, 1 or 2, and say why when it is not 0.
  private static func check(_ bytes: Data, name: String, arguments: (String) -> [String]) throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let out = folder.appending(path: "cells.csv").path
    for seed in 1...UInt64(copies) {
      let path = folder.appending(path: name)
      try damage(bytes, seed: seed).write(to: path)
      let outcome = try BuiltBinary.run(
        arguments(path.path) + ["--out", out, "--quiet"], environment: ["HOTGRID_READ_SECONDS": "3"])
      #expect((0...2).contains(outcome.status), "\(name) seed \(seed): status \(outcome.status) \(outcome.messages)")
      if outcome.status != 0 {
        #expect(outcome.messages.contains("error:") || outcome.messages.contains("Error:"), "\(name) seed \(seed)")
      }
    }
  }

  private static func fixture(_ name: String) throws -> Data {
    try Data(contentsOf: TestFiles.repository.appending(path: "fixtures/synthetic/\(name)"))
  }

  @Test func `damaged swaths end in cells or in an error, never in a crash`() throws {
    try Self.check(try Self.fixture("synthetic-tropomi-no2.nc"), name: "a.nc") {
      ["map", "swath", "--swath", $0, "--variable", "/PRODUCT/nitrogendioxide_tropospheric_column"]
    }
    try Self.check(try Self.fixture("synthetic-no-bounds.nc"), name: "b.nc") {
      ["map", "swath", "--swath", $0, "--variable", "/PRODUCT/nitrogendioxide_tropospheric_column", "--assume-regular"]
    }
  }

  @Test func `damaged rasters end in cells or in an error, never in a crash`() throws {
    try Self.check(try Self.fixture("synthetic-curvilinear.nc"), name: "c.nc") { ["map", "raster", "--raster", $0] }
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var text = "cell,value\n"
    for row in 0..<12 { for column in 0..<10 { text += "3000-\(1270 + column)-\(1300 + row),\(40 + column * row)\n" } }
    try Data(text.utf8).write(to: folder.appending(path: "cells.csv"))
    let made = try BuiltBinary.run(["export", "--cells", "cells.csv", "--out", "cells.tif"], in: folder)
    try #require(made.status == 0, "\(made.messages)")
    try Self.check(try Data(contentsOf: folder.appending(path: "cells.tif")), name: "d.tif") {
      ["map", "raster", "--raster", $0]
    }
  }

  @Test func `a whole file is read by the reading process as by this one`() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = TestFiles.repository.appending(path: "fixtures/synthetic/synthetic-tropomi-no2.nc").path
    let arguments = [
      "map", "swath", "--swath", path, "--variable", "/PRODUCT/nitrogendioxide_tropospheric_column", "--quiet",
    ]
    let outcome = try BuiltBinary.run(arguments + ["--out", folder.appending(path: "a.csv").path])
    #expect(outcome.status == 0, "\(outcome.messages)")
    let text = try String(contentsOf: folder.appending(path: "a.csv"), encoding: .utf8)
    #expect(text.split(separator: "\n").count > 20)
  }
}
