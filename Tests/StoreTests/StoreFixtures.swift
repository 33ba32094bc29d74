import Enterprises
import Foundation
import Geometry
import Grids
import Quantities
import Readings
import Store
import TestSupport

/// A small grid file's content for tests of the store.
func testGrid() throws -> GridDefinition {
  let json = """
    {"name": "test", "crs": "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m",
     "origin": {"x": -3000000, "y": 0}, "levels_metres": [3000, 500],
     "region": {"name": "test", "codes": ["130100"]}}
    """
  return try JSONDecoder().decode(GridDefinition.self, from: Data(json.utf8))
}

/// A fresh workspace in a temporary folder.
func testWorkspace() throws -> Workspace {
  let folder = try TestFiles.temporaryFolder().appending(path: "ws")
  return try Workspace.create(at: folder.path, grid: testGrid(), gridText: "name: test\n", policyText: "a: 1\n")
}

func testRecord(_ kind: InputKind, hash: String, name: String = "file.csv") -> InputFileRecord {
  InputFileRecord(
    kind: kind, path: "data/\(name)", name: name, sha256: hash, byteCount: 12, encoding: "utf-8", rowsRead: 3,
    rowsKept: 2, rowsRejected: 1, ingestedAt: Instant(secondsSinceEpoch: 1_500_000_000), hotgridVersion: "0.1.0")
}

func testDay(_ text: String) throws -> LocalDay {
  struct BadDay: Error {}
  guard let day = LocalDay(text) else { throw BadDay() }
  return day
}

func testStation(_ id: String, kind: StationKind = .micro, line: Int32 = 2, lon: Double? = 114.5) -> Located<StationRow>
{
  Located(
    StationRow(
      station: Station(
        id: id, name: "站\(id)", kind: kind, position: lon.map { LonLat(longitude: $0, latitude: 38.04) },
        declared: lon.map { DeclaredPosition(x: $0, y: 38.04, reference: .wgs84) }), line: line),
    cell: CellID(sizeMetres: 3000, column: 1274, row: 1305), countyCode: "130108")
}
