// A disk that fails when told to, under SQLite's own file layer: OpenOptions{.vfs = FaultVfs::name}.
//
// Operations that change a file (write, truncate, sync) are counted. At the armed one, and at all after it, the chosen
// thing happens. What was written before stays, as on a machine whose disk fails, fills up, or loses power.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <new>

#include "crypto/base/assert.h"

namespace knoop::test {

class FaultVfs {
 public:
  static constexpr const char* name = "knoop-fault";

  enum class Fault {
    error,  ///< The operation fails and does nothing.
    torn,   ///< A write does its first half, then fails.
    full,   ///< Writes fail for want of room; syncs work.
  };

  /// Registers the layer once a process.
  static FaultVfs& instance() {
    static FaultVfs vfs;
    return vfs;
  }
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  /// The `nth` operation from now, counted from 1, is the first to fail.
  void arm(std::int64_t nth, Fault fault) {
    left_ = nth;
    fault_ = fault;
    hit_ = false;
  }
  void disarm() { left_ = -1; }
  [[nodiscard]] bool hit() const { return hit_; }

 private:
  struct File {
    sqlite3_file base;
    sqlite3_file* real;
  };

  FaultVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.zName = name;
    vfs_.pNext = nullptr;
    vfs_.xOpen = open;
    KNOOP_ASSERT(sqlite3_vfs_register(&vfs_, 0) == SQLITE_OK, "a file layer that can be registered");
    methods_.iVersion = 2;
    methods_.xClose = [](sqlite3_file* f) { return of(f)->pMethods->xClose(of(f)); };
    methods_.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      return of(f)->pMethods->xRead(of(f), to, size, at);
    };
    methods_.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
      FaultVfs& self = instance();
      if (!self.fails()) return of(f)->pMethods->xWrite(of(f), from, size, at);
      if (self.fault_ == Fault::full) return SQLITE_FULL;
      if (self.fault_ == Fault::torn) (void)of(f)->pMethods->xWrite(of(f), from, size / 2, at);
      return SQLITE_IOERR_WRITE;
    };
    methods_.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
      if (instance().fails()) return SQLITE_IOERR_TRUNCATE;
      return of(f)->pMethods->xTruncate(of(f), size);
    };
    methods_.xSync = [](sqlite3_file* f, int flags) {
      FaultVfs& self = instance();
      if (self.fault_ != Fault::full && self.fails()) return SQLITE_IOERR_FSYNC;
      return of(f)->pMethods->xSync(of(f), flags);
    };
    methods_.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
      return of(f)->pMethods->xFileSize(of(f), size);
    };
    methods_.xLock = [](sqlite3_file* f, int level) { return of(f)->pMethods->xLock(of(f), level); };
    methods_.xUnlock = [](sqlite3_file* f, int level) { return of(f)->pMethods->xUnlock(of(f), level); };
    methods_.xCheckReservedLock = [](sqlite3_file* f, int* out) {
      return of(f)->pMethods->xCheckReservedLock(of(f), out);
    };
    methods_.xFileControl = [](sqlite3_file* f, int what, void* with) {
      return of(f)->pMethods->xFileControl(of(f), what, with);
    };
    methods_.xSectorSize = [](sqlite3_file* f) { return of(f)->pMethods->xSectorSize(of(f)); };
    methods_.xDeviceCharacteristics = [](sqlite3_file* f) {
      return of(f)->pMethods->xDeviceCharacteristics(of(f));
    };
    methods_.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
      return of(f)->pMethods->xShmMap(of(f), page, size, extend, out);
    };
    methods_.xShmLock = [](sqlite3_file* f, int offset, int count, int flags) {
      return of(f)->pMethods->xShmLock(of(f), offset, count, flags);
    };
    methods_.xShmBarrier = [](sqlite3_file* f) { of(f)->pMethods->xShmBarrier(of(f)); };
    methods_.xShmUnmap = [](sqlite3_file* f, int remove) {
      return of(f)->pMethods->xShmUnmap(of(f), remove);
    };
  }

  static sqlite3_file* of(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

  static int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
    FaultVfs& self = instance();
    File* wrapped = new (file) File{};
    wrapped->real = reinterpret_cast<sqlite3_file*>(wrapped + 1);
    const int code = self.real_->xOpen(self.real_, path, wrapped->real, flags, out);
    wrapped->base.pMethods = code == SQLITE_OK ? &self.methods_ : nullptr;
    return code;
  }

  bool fails() {
    if (left_ < 0) return false;
    if (left_ > 1) {
      --left_;
      return false;
    }
    hit_ = true;
    return true;
  }

  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  sqlite3_io_methods methods_{};
  std::int64_t left_ = -1;
  Fault fault_ = Fault::error;
  bool hit_ = false;
};

}  // namespace knoop::test
