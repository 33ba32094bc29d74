internal import CGDAL
internal import Diagnostics
internal import Glibc

/// A folder beside the output in which files are written and from which they are moved when all is well.
///
/// It has the output's folder as parent, so that the move is a rename; what is not moved goes away with the folder.
struct StagedFiles: ~Copyable {
  /// The output as the user named it.
  let path: String
  /// The file inside the staging folder; GDAL's CSV driver would make a folder of a name that does not end in `.csv`.
  let stagedPath: String
  private let folder: String
  private let fileName: String

  /// - Throws: `Problem` when the parent does not exist, cannot be written to, or the output is a folder.
  init(path: String, ending: String = "") throws(Problem) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    var status = stat()
    guard let name = parts.last, stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR else {
      throw Problem("cannot write \(path): it is a folder", remedy: "name a file in it", exitStatus: .usage)
    }
    let parent = path.contains("/") ? String(path.dropLast(name.count)) : ""
    let folder = "\(parent).\(name).part-\(getpid())"
    VSIRmdirRecursive(folder)
    guard VSIMkdir(folder, 0o755) == 0 else {
      throw Problem(
        "cannot write \(path): \(String(cString: strerror(errno)))",
        remedy: "name a folder that exists and that you may write to")
    }
    self.path = path
    self.folder = folder
    fileName = String(name)
    stagedPath = "\(folder)/\(name)" + (name.lowercased().hasSuffix(ending) ? "" : ending)
  }

  deinit { VSIRmdirRecursive(folder) }

  /// Moves every staged file to its place, the one the user named last: when it is there, all of them are.
  borrowing func moveIntoPlace() throws(Problem) {
    let list = VSIReadDir(folder)
    defer { CSLDestroy(list) }
    let named = String(stagedPath.dropFirst(folder.count + 1))
    let parent = path.hasSuffix(fileName) ? String(path.dropLast(fileName.count)) : ""
    let sidecars = GDALLibrary.strings(list).filter { $0 != "." && $0 != ".." && $0 != named }.sorted()
    for name in sidecars + [named] {
      let place = name == named ? path : parent + name
      guard rename("\(folder)/\(name)", place) == 0 else {
        throw Problem(
          "cannot rename \(folder)/\(name) to \(place): \(String(cString: strerror(errno)))",
          remedy: "check that it is not a folder and that you may replace it")
      }
    }
  }
}

/// A list of `KEY=value` options, freed once.
struct OptionList: ~Copyable {
  private(set) var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

  init(_ options: [String]) {
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for option in options { list = CSLAddString(list, option) }
    self.list = list
  }

  deinit { CSLDestroy(list) }
}

/// A coordinate system with x = longitude or easting, freed once.
struct SpatialReference: ~Copyable {
  let handle: OGRSpatialReferenceH

  /// - Parameters:
  ///   - text: `EPSG:n`, a PROJ string or WKT.
  ///   - name: What a projected system without an authority is called in files; PROJ strings carry no name.
  /// - Throws: `Problem` (usage) when PROJ cannot make a system of it.
  init(_ text: String, name: String?) throws(Problem) {
    GDALLibrary.ready
    guard let handle = OSRNewSpatialReference(nil) else {
      throw Problem("no memory for a coordinate system", remedy: "free memory and run again")
    }
    guard OSRSetFromUserInput(handle, text) == OGRERR_NONE else {
      OSRDestroySpatialReference(handle)
      throw Problem(
        "PROJ does not know the coordinate system \(text): \(GDALLibrary.takeMessage())",
        remedy: "use EPSG:n, a PROJ string or WKT", exitStatus: .usage)
    }
    OSRSetAxisMappingStrategy(handle, OAMS_TRADITIONAL_GIS_ORDER)
    if let name, OSRIsProjected(handle) != 0, OSRGetAuthorityCode(handle, nil) == nil { OSRSetProjCS(handle, name) }
    self.handle = handle
  }

  deinit { OSRDestroySpatialReference(handle) }

  /// WKT as GeoTIFF wants it.
  borrowing func wellKnownText() throws(Problem) -> String {
    var text: UnsafeMutablePointer<CChar>?
    guard OSRExportToWkt(handle, &text) == OGRERR_NONE, let text else {
      throw Problem("a coordinate system has no WKT: \(GDALLibrary.takeMessage())", remedy: "use EPSG:n")
    }
    defer { VSIFree(text) }
    return String(cString: text)
  }
}
