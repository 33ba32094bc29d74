import Foundation
import GeoFormats
import TestSupport
import Testing

@Suite struct ContainerTests {
  static let tempo = TestFiles.sharedData(
    "satellite/tempo_no2_l2/TEMPO_NO2_L2_V03_20240601T210934Z_S012G01_subsetted.nc4")
  static let temperature = TestFiles.sharedData("satellite/netcdf_grid/tmmx_20190121.nc")

  @Test(.enabled(if: tempo != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `groups of a level 2 file are read with fill values as NaN`() throws {
    let file = try MultidimFile(path: try #require(Self.tempo).path)
    #expect(file.arrayNames().contains("/geolocation/latitude"))
    let latitude = try file.read("geolocation/latitude")
    #expect(latitude.shape.count == 2)
    let known = latitude.values.filter { !$0.isNaN }
    #expect(!known.isEmpty && known.allSatisfy { abs($0) <= 90 })
  }

  @Test(.enabled(if: temperature != nil, Comment(rawValue: TestFiles.sharedDataAbsent)))
  func `a packed grid comes out in kelvin`() throws {
    let file = try RasterFile(path: try #require(Self.temperature).path)
    let values = try file.read(band: 1, rows: 0..<file.rows).filter { !$0.isNaN }
    #expect(!values.isEmpty && values.allSatisfy { (200...330).contains($0) })
  }
}
