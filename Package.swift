// swift-tools-version: 6.1
import Foundation
import PackageDescription

// On a disk that ignores case (macOS's default) `Sources/PFSim` and
// `Sources/pfsim` are one folder. The library must then leave the command out.
let sourceFolders =
  (try? FileManager.default.contentsOfDirectory(
    atPath: Context.packageDirectory + "/Sources")) ?? []
let foldersAreMerged = sourceFolders.count { $0.lowercased() == "pfsim" } == 1

let package = Package(
  name: "pfsim",
  platforms: [.macOS(.v13)],
  products: [
    .library(name: "PFSim", targets: ["PFSim"]),
    .executable(name: "pfsim", targets: ["PFSimCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CPcap", pkgConfig: "libpcap",
      providers: [.apt(["libpcap-dev"]), .brew(["libpcap"])]),
    .systemLibrary(name: "CIntrinsics"),
    .target(
      name: "PFSim",
      dependencies: ["CPcap", "CIntrinsics"],
      path: "Sources/PFSim",
      exclude: foldersAreMerged ? ["Command"] : []),
    .executableTarget(
      name: "PFSimCommand",
      dependencies: [
        "PFSim",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ],
      path: "Sources/pfsim/Command"),
    .testTarget(
      name: "PFSimTests",
      dependencies: ["PFSim", "PFSimCommand"],
      exclude: ["Conformance/Vectors", "Command/Golden"]),
  ],
  swiftLanguageModes: [.v6]
)
