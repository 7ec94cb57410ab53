// name: set_password
// purpose: give the user who is logged in another password; in the database system
// params: old TEXT, new TEXT
ALTER CURRENT USER SET PASSWORD FROM $old TO $new;
